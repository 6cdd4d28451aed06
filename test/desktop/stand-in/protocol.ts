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

/** Answers a page's request through the application's own handler for its scheme; everything else has no network. */
export async function fulfil(route: Route, request: PageRequest): Promise<void> {
  const url = fromWeb(request.url());
  const handler = handlers.get(url.slice(0, url.indexOf(':')));
  if (!handler) {
    await route.abort();
    return;
  }
  const response = await handler(new Request(url, { method: request.method(), headers: await request.allHeaders() }));
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
