/** Cookies kept by one simulated browser at most. */
const maxCookies = 50;

/** The little of RFC 6265 that a browser on one host needs: remember, replace, forget, send back. Paths are not told apart. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** Takes in the Set-Cookie fields of one answer. */
  store(setCookies: readonly string[] | undefined): void {
    for (const field of setCookies ?? []) {
      const [pair = '', ...attributes] = field.split(';');
      const equals = pair.indexOf('=');
      if (equals < 1) continue;
      const name = pair.slice(0, equals).trim();
      const value = pair.slice(equals + 1).trim();
      if (attributes.some(isExpired)) this.#cookies.delete(name);
      else if (this.#cookies.has(name) || this.#cookies.size < maxCookies) this.#cookies.set(name, value);
    }
  }

  /** The Cookie field to send, or undefined when there is nothing to send. */
  header(): string | undefined {
    if (this.#cookies.size === 0) return undefined;
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

function isExpired(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=').map((part) => part.trim());
  if (/^max-age$/i.test(name)) return Number(value) <= 0;
  return /^expires$/i.test(name) && Date.parse(value) <= Date.now();
}
