import { createHmac, randomFillSync, timingSafeEqual } from 'node:crypto';

/** What a cookie of ours says. */
export interface CookieContent {
  /** Public id of the client, 12 hexadecimal digits. Knowing it is not enough to make its cookie. */
  client: string;
  /** Opaque tag of the node it was stuck to, 8 hexadecimal digits. */
  nodeTag: string;
}

const clientBytes = 6;
const tagBytes = 4;
const macBytes = 8;
const totalBytes = clientBytes + tagBytes + macBytes;
const shape = /^[A-Za-z0-9_-]{24}$/;

/**
 * Stickiness cookies of one pool: client id, node tag and a MAC over both, 24 characters. They name a node only by a keyed
 * hash, so they do not reveal its address, and one that was not made with the key is treated as none.
 */
export class CookieCodec {
  private readonly key: Uint8Array;
  private readonly pool: string;
  private readonly random = Buffer.alloc(clientBytes * 256);
  private randomAt = this.random.length;

  /** @param key secret of the workspace, at least 16 bytes; the same key reads cookies of earlier runs. */
  constructor(key: Uint8Array, pool: string) {
    this.key = key;
    this.pool = pool;
  }

  /** A new client id. */
  newClient(): string {
    if (this.randomAt === this.random.length) {
      // One system call for 256 clients.
      randomFillSync(this.random);
      this.randomAt = 0;
    }
    const id = this.random.toString('hex', this.randomAt, this.randomAt + clientBytes);
    this.randomAt += clientBytes;
    return id;
  }

  /** The tag that stands for a node of this pool. */
  nodeTag(node: string): string {
    return createHmac('sha256', this.key)
      .update(`node\0${this.pool}\0${node}`)
      .digest('hex')
      .slice(0, tagBytes * 2);
  }

  write(content: CookieContent): string {
    const body = Buffer.from(content.client + content.nodeTag, 'hex');
    return Buffer.concat([body, this.mac(body)]).toString('base64url');
  }

  /** @returns undefined for anything this key did not write for this pool. */
  read(value: string): CookieContent | undefined {
    if (!shape.test(value)) return undefined;
    const bytes = Buffer.from(value, 'base64url');
    if (bytes.length !== totalBytes) return undefined;
    const body = bytes.subarray(0, clientBytes + tagBytes);
    if (!timingSafeEqual(bytes.subarray(clientBytes + tagBytes), this.mac(body))) return undefined;
    return { client: bytes.toString('hex', 0, clientBytes), nodeTag: bytes.toString('hex', clientBytes, clientBytes + tagBytes) };
  }

  private mac(body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(`cookie\0${this.pool}\0`).update(body).digest().subarray(0, macBytes);
  }
}
