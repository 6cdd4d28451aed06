import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** The built screens: `../renderer` beside the bundle (or above its chunks), `out/renderer` when run from sources. */
export function rendererFolder(moduleUrl: string = import.meta.url): string {
  const places = moduleUrl.endsWith('.ts') ? ['../../out/renderer/'] : ['../renderer/', '../../renderer/'];
  const found = places.find((place) => existsSync(new URL(place, moduleUrl))) ?? places[0] ?? '';
  return fileURLToPath(new URL(found, moduleUrl));
}

/** A path in the folder, or undefined when `pathname` leads nowhere in it. Names that begin with a dot are nobody's business. */
export function insideFolder(folder: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (/[\u0000-\u001f\\:]/.test(decoded) || decoded.split('/').some((part) => part.startsWith('.'))) return undefined;
  const root = normalize(folder.endsWith(sep) ? folder : folder + sep);
  const path = normalize(join(root, decoded));
  return path.startsWith(root) ? path : undefined;
}

/** Vite's names carry a hash of the content: `assets/index-B2x9_aQz.js`. */
const isHashed = (pathname: string) => /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(pathname);

/** Sends a file of the screens. @returns false when there is none. */
export async function sendFile(response: ServerResponse, folder: string, pathname: string, withBody: boolean): Promise<boolean> {
  const path = insideFolder(folder, pathname);
  const type = types[extname(pathname).toLowerCase()];
  if (path === undefined || type === undefined) return false;
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return false;
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': info.size,
    'Cache-Control': isHashed(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (!withBody) {
    response.end();
    return true;
  }
  const stream = createReadStream(path);
  // The head is out: all that is left to say is that the answer broke off.
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
  return true;
}
