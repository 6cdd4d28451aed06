import { ChunkedBody } from '../../../electron/engine/sessions/http/chunked.ts';
import { MalformedMessage, readAnswer, show, type StrictAnswer } from '../../support/strict-http.ts';
import { cutAnywhere, perhapsMutated, type Case } from './run.ts';

const seeds = [
  '5\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
  '00005;a=b;c="d"\r\nhello\r\n0;last\r\n\r\n',
  'A\r\n0123456789\r\n1\r\nx\r\n0\r\nX-Trailer: yes\r\nContent-Length: 5\r\n\r\n',
  '2\r\n\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  `${(300).toString(16)}\r\n${'y'.repeat(300)}\r\n0\r\n\r\n`,
];
const spice = [
  '\r',
  '\n',
  '\r\n',
  '0',
  '5',
  'f',
  ';',
  ' ',
  '\t',
  '-',
  '+',
  '0x',
  '\0',
  '\xff',
  '"',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  'X: y\r\n',
  ':',
  '00000000000000000',
];
const headText = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

function read(body: string): StrictAnswer | undefined | 'malformed' {
  try {
    return readAnswer(Buffer.from(headText + body, 'latin1'), 'GET', false);
  } catch (error) {
    if (error instanceof MalformedMessage) return 'malformed';
    throw error;
  }
}

const coder = new ChunkedBody();

/** Whatever the pieces, the decoder finds the body a strict reader finds, and what it passes on reads as that body. */
export function checkChunked({ pick }: Case): string | undefined {
  const text = perhapsMutated(seeds[pick(seeds.length)]!, seeds, spice, pick);
  const strip = pick(2) === 0;
  coder.begin(strip, pick(2) === 0);
  let passed = '';
  const sink = {
    write(data: Buffer | string): void {
      passed += typeof data === 'string' ? data : data.toString('latin1');
    },
  };
  const parts = cutAnywhere(Buffer.from(text, 'latin1'), pick);
  let taken = 0;
  for (const part of parts) {
    const after = coder.push(part, 0, part.length, sink);
    if (after < 0) break;
    taken += after;
    if (coder.done) break;
  }
  const tell = (what: string): string =>
    `${what} (${strip ? 'strip' : 'relay'})\n    pieces: ${parts.map((p) => show(p, 200)).join(' | ')}\n    passed: ${show(passed, 300)}`;
  const meant = read(text);
  if (coder.broken !== (meant === 'malformed')) {
    // The decoder may refuse earlier than the strict reader, which waits for whole lines; never later, never what is whole.
    if (!coder.broken || meant !== undefined) return tell(coder.broken ? 'refused what is well-formed' : 'passed what is malformed');
  }
  if (meant === 'malformed' || meant === undefined)
    return coder.done && !coder.broken ? tell('ended where a strict reader does not') : undefined;
  if (!coder.done) return tell('does not see the end');
  if (taken !== meant.length - headText.length) return tell(`took ${taken} bytes, a strict reader ${meant.length - headText.length}`);
  if (strip) return passed === meant.body.toString('latin1') ? undefined : tell('another body');
  const after = read(passed);
  if (after === undefined || after === 'malformed') return tell('passed on what does not read');
  if (after.length !== headText.length + passed.length) return tell('passed on more than the body');
  if (!after.body.equals(meant.body)) return tell('another body');
  return after.extensions ? tell('passed extensions on') : undefined;
}
