import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { protocol } from 'electron';

/** The window's address. One fixed host, so that the page has one origin whatever folder the app is installed in. */
export const appOrigin = 'app://evenkeel';

/**
 * Scripts, styles' files and connections of our own only. Inline styles are allowed because dialogs lock scrolling with one;
 * nothing a style can do reaches the bridge. Scripts have no exception.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const securityHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  // The screens play nothing and fetch nothing in parts: whoever asks for a part is given the whole, as RFC 9110 §14.2 allows.
  'Accept-Ranges': 'none',
};

const refuse = (status: number): Response => new Response(null, { status, headers: securityHeaders });

/**
 * The file an app:// address names, or undefined when it is not a plain path inside `folder`. Escapes are decoded once and
 * what they hid (dots, separators, NUL) is refused rather than cleaned up.
 */
export function fileFor(url: string, folder: string): string | undefined {
  let pathname: string;
  try {
    const parsed = new URL(url);
    if (`${parsed.protocol}//${parsed.host}` !== appOrigin) return undefined;
    pathname = decodeURIComponent(parsed.pathname);
  } catch {
    return undefined;
  }
  if (/[\0\\:]/.test(pathname)) return undefined;
  const segments = pathname.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment.startsWith('.'))) return undefined;
  return path.join(folder, ...(segments.length === 0 ? ['index.html'] : segments));
}

/** Answers one request for app://: files of `folder` and nothing else. */
export async function serveAppFile(request: Request, folder: string): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  const file = fileFor(request.url, folder);
  const type = file && types[path.extname(file).toLowerCase()];
  if (!file || !type) return refuse(404);
  try {
    // A link inside the folder must not lead out of it either.
    const [real, base] = await Promise.all([realpath(file), realpath(folder)]);
    if (!real.startsWith(base + path.sep)) return refuse(404);
    const body = request.method === 'HEAD' ? null : new Uint8Array(await readFile(real));
    return new Response(body, { headers: { ...securityHeaders, 'Content-Type': type, 'Cache-Control': 'no-cache' } });
  } catch {
    return refuse(404);
  }
}

/** Must run before the app is ready: gives app:// an origin, so that the policy and storage work as on https. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** @param folder the built screens, out/renderer. */
export function serveAppProtocol(folder: string): void {
  protocol.handle('app', (request) => serveAppFile(request, folder));
}
