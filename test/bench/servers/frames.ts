/** WebSocket frames (RFC 6455 section 5.2) as far as the bench needs them: whole messages below 64 KB. */

/** A final text frame. @param masked as clients must. */
export function frame(payload: Buffer, masked: boolean): Buffer {
  const long = payload.length > 125;
  const head = Buffer.alloc((long ? 4 : 2) + (masked ? 4 : 0));
  head[0] = 0x81;
  head[1] = (masked ? 0x80 : 0) | (long ? 126 : payload.length);
  if (long) head.writeUInt16BE(payload.length, 2);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  mask.copy(head, head.length - 4);
  return Buffer.concat([head, unmask(payload, mask)]);
}

function unmask(payload: Buffer, mask: Buffer): Buffer {
  return Buffer.from(payload.map((byte, i) => byte ^ mask[i & 3]!));
}

/** Reads frames out of what arrives in any pieces. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  /** @returns the payloads that are whole now, unmasked. */
  push(chunk: Buffer): Buffer[] {
    let bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const payloads: Buffer[] = [];
    for (;;) {
      if (bytes.length < 4) break;
      const masked = (bytes[1]! & 0x80) !== 0;
      const short = bytes[1]! & 0x7f;
      const length = short === 126 ? bytes.readUInt16BE(2) : short;
      const maskAt = short === 126 ? 4 : 2;
      const from = maskAt + (masked ? 4 : 0);
      if (bytes.length < from + length) break;
      const payload = bytes.subarray(from, from + length);
      payloads.push(masked ? unmask(payload, bytes.subarray(maskAt, from)) : payload);
      bytes = bytes.subarray(from + length);
    }
    this.rest = bytes;
    return payloads;
  }
}
