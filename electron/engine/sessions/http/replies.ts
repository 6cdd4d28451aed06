/** Answers the balancer makes itself: complete, short, closing, and with nothing of the request in them. */

const phrases: Record<number, [phrase: string, body: string]> = {
  400: ['Bad Request', 'The request is not valid HTTP/1.1.'],
  405: ['Method Not Allowed', 'This method is not served here.'],
  408: ['Request Timeout', 'The request did not arrive in time.'],
  414: ['URI Too Long', 'The request target is too long.'],
  417: ['Expectation Failed', 'Only 100-continue can be expected here.'],
  431: ['Request Header Fields Too Large', 'The request has too many or too large fields.'],
  501: ['Not Implemented', 'The request uses a transfer coding that is not served here.'],
  502: ['Bad Gateway', 'The server behind this address gave no valid answer.'],
  503: ['Service Unavailable', 'No server behind this address can answer right now. Please try again in a moment.'],
  504: ['Gateway Timeout', 'The server behind this address did not answer in time.'],
  505: ['HTTP Version Not Supported', 'Only HTTP/1.0 and HTTP/1.1 are served here.'],
};

/** The body of an answer that a made-up fault gives in a node's place. */
const faultBody = 'DEMO fault: this answer was made up, the node was not asked.\n';

/**
 * The head of such an answer without its last line, so that fields can follow, and its body.
 * @param status 500–599.
 */
export function faultReply(status: number): { head: string; body: string } {
  const phrase = phrases[status]?.[0] ?? 'Server Error';
  return {
    head: `HTTP/1.1 ${status} ${phrase}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${faultBody.length}\r\nCache-Control: no-store\r\n`,
    body: faultBody,
  };
}

const cache = new Map<string, string>();

/**
 * A whole answer as it goes on the wire.
 * @param status one of the statuses above.
 * @param close whether the connection ends after it; adds `Connection: close`.
 * @param head answer without a body (to HEAD), with the length it would have had (RFC 9110 section 9.3.2).
 */
export function errorReply(status: number, close: boolean, head = false): string {
  const key = `${status}${close ? 'c' : 'k'}${head ? 'h' : ''}`;
  let reply = cache.get(key);
  if (reply === undefined) {
    const [phrase, text] = phrases[status]!;
    const body = `<!doctype html><html lang="en"><title>${status} ${phrase}</title><h1>${status} ${phrase}</h1><p>${text}</p></html>\n`;
    reply =
      `HTTP/1.1 ${status} ${phrase}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${body.length}\r\nCache-Control: no-store\r\n` +
      (status === 503 ? 'Retry-After: 1\r\n' : '') +
      (status === 405 ? 'Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n' : '') +
      (close ? 'Connection: close\r\n' : '') +
      `\r\n${head ? '' : body}`;
    cache.set(key, reply);
  }
  return reply;
}
