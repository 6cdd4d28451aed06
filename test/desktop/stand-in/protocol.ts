import type { Request as PageRequest, Route } from 'playwright-core';
import { noted } from './call-log.ts';

type Handler = (request: Request) => Response | Promise<Response>;

const handlers = new Map<string, Handler>();

export const protocol = {
  registerSchemesAsPrivileged: noted('protocol.registerSchemesAsPrivileged'),
  handle(scheme: string, handler: Handler): void {
    handlers.set(scheme, handler);
  },
  unhandle(scheme: string): void {
    handlers.delete(scheme);
  },
  isProtocolHandled: (scheme: string) => handlers.has(scheme),
};

/**
 * A plain Chromium knows no app://, so a page of app://host/path is shown at https://host.app.localhost/path: an origin of
 * its own, on which the content security policy means the same.
 */
export function toWeb(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/]*)(.*)$/i.exec(url);
  if (!match?.[1] || !handlers.has(match[1])) return url;
  return `https://${match[2]}.${match[1]}.localhost${match[3]}`;
}

/** The address the application knows a page's address by. */
export function fromWeb(url: string): string {
  const match = /^https:\/\/(.*)\.([a-z0-9+-]+)\.localhost(.*)$/.exec(url);
  return match?.[2] && handlers.has(match[2]) ? `${match[2]}://${match[1]}${match[3]}` : url;
}

/** What the application's own handler for the scheme answers. @throws TypeError when there is none. */
export async function answerByProtocol(request: Request): Promise<Response> {
  const handler = handlers.get(request.url.slice(0, request.url.indexOf(':')));
  if (!handler) throw new TypeError('net::ERR_UNKNOWN_URL_SCHEME');
  return handler(request);
}

/** A page somewhere else, so that it shows when one is reached. */
const elsewhere = { status: 200, contentType: 'text/html', body: '<!doctype html><title>elsewhere</title>' };

/** Answers a page's request through the application's own handler for its scheme; elsewhere there are only plain pages. */
export async function fulfil(route: Route, request: PageRequest): Promise<void> {
  const url = fromWeb(request.url());
  if (!handlers.has(url.slice(0, url.indexOf(':')))) {
    if (request.isNavigationRequest()) await route.fulfill(elsewhere);
    else await route.abort();
    return;
  }
  const response = await answerByProtocol(new Request(url, { method: request.method(), headers: await request.allHeaders() }));
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
