import { EventEmitter } from 'node:events';
import http from 'node:http';
import https from 'node:https';

interface RequestOptions {
  method?: string;
  protocol?: string;
  hostname?: string;
  port?: string | number;
  path?: string;
  headers?: Record<string, string>;
  redirect?: 'follow' | 'manual' | 'error';
}

/** Node's words for what the network does, as Chromium says them: its errors have no code, only a message. */
const chromiumNames: Record<string, string> = {
  ECONNREFUSED: 'ERR_CONNECTION_REFUSED',
  ECONNRESET: 'ERR_CONNECTION_RESET',
  ENOTFOUND: 'ERR_NAME_NOT_RESOLVED',
  EAI_AGAIN: 'ERR_NAME_NOT_RESOLVED',
  ETIMEDOUT: 'ERR_CONNECTION_TIMED_OUT',
};

const open = new Set<http.ClientRequest>();

/** As a session's `closeAllConnections`: what is under way ends with an error. */
export function closeAllConnections(): Promise<void> {
  for (const request of open) request.destroy(Object.assign(new Error('closed'), { code: 'ERR_CONNECTION_CLOSED' }));
  return Promise.resolve();
}

/** A request of the main process, with Electron's events: it goes out when it is ended, and does not follow by itself when told so. */
class ClientRequest extends EventEmitter {
  readonly #request: http.ClientRequest;

  constructor(options: RequestOptions) {
    super();
    const { protocol = 'http:', hostname, port, path, headers, method = 'GET' } = options;
    const send = protocol === 'https:' ? https.request : http.request;
    const request = send({ method, hostname, port, path, headers });
    this.#request = request;
    open.add(request);
    request.once('close', () => {
      open.delete(request);
      this.emit('close');
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const name = chromiumNames[error.code ?? ''] ?? (error.code?.startsWith('ERR_') ? error.code : 'ERR_FAILED');
      this.emit('error', new Error(`net::${name}`));
    });
    request.on('response', (response) => {
      const { statusCode = 0, headers: answered } = response;
      if (statusCode >= 300 && statusCode < 400 && answered.location !== undefined) {
        if (options.redirect !== 'manual') throw new Error('The stand-in follows no redirects by itself.');
        response.resume();
        this.emit('redirect', statusCode, method, new URL(answered.location, `${protocol}//${hostname}:${port}${path}`).href, {});
        return;
      }
      // Chromium's own word for a body that ends before its time.
      response.on('aborted', () => response.emit('error', new Error('net::ERR_CONTENT_LENGTH_MISMATCH')));
      this.emit('response', response);
    });
  }

  setHeader(name: string, value: string): void {
    this.#request.setHeader(name, value);
  }
  end(data?: unknown): this {
    this.#request.end(data);
    return this;
  }
  abort(): void {
    this.#request.destroy();
    this.emit('abort');
  }
}

/** `net.request`. */
export const request = (options: RequestOptions): ClientRequest => new ClientRequest(options);
