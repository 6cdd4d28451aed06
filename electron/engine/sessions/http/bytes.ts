/** Byte classes of RFC 9110 section 5.6.2 and 5.5, as tables: one load decides a byte. */

/** 1 for `tchar`: what a method or field name may consist of. */
export const TOKEN = new Uint8Array(256);
for (const c of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") TOKEN[c.charCodeAt(0)] = 1;

/** 1 for what a field value may hold: HTAB, SP, VCHAR and obs-text. CR, LF, NUL and the other controls are 0. */
export const VALUE = new Uint8Array(256);
VALUE[9] = 1;
VALUE.fill(1, 0x20, 0x7f);
VALUE.fill(1, 0x80);

/** 1 for what a request target may hold: VCHAR without `#` (a fragment is never sent, RFC 9112 section 3.2). */
export const TARGET = new Uint8Array(256);
TARGET.fill(1, 0x21, 0x7f);
TARGET[0x23] = 0;

/** Value of a hexadecimal digit, or 255. */
export const HEX = new Uint8Array(256).fill(255);
for (let i = 0; i < 10; i++) HEX[0x30 + i] = i;
for (let i = 0; i < 6; i++) HEX[0x41 + i] = HEX[0x61 + i] = 10 + i;

export const HTAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const COLON = 58;
export const SEMICOLON = 59;

/** The end of a head. */
export const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Whether the token at `at` is `name` (lower case; letters and `-` only), case ignored. The caller has compared lengths
 * and has seen that every byte is a tchar, which is why setting bit 5 cannot make two different names equal.
 */
export function isName(buffer: Buffer, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if ((buffer[at + i]! | 0x20) !== name.charCodeAt(i)) return false;
  }
  return true;
}

/** True when `text` is a token of at least one character. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 255 || TOKEN[c] === 0) return false;
  }
  return text.length > 0;
}
