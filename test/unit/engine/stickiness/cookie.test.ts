import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CookieCodec } from '../../../../electron/engine/stickiness/cookie.ts';

const key = new Uint8Array(32).fill(1);
const hex = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

describe('a stickiness cookie', () => {
  const codec = new CookieCodec(key, 'web');

  it('says what was written, to whoever has the key', () => {
    fc.assert(
      fc.property(hex(12), hex(8), (client, nodeTag) => {
        const value = codec.write({ client, nodeTag });
        expect(value).toMatch(/^[A-Za-z0-9_-]{24}$/);
        expect(new CookieCodec(key, 'web').read(value)).toEqual({ client, nodeTag });
      }),
    );
  });

  it('says nothing when a character of it was changed, nor in another pool or with another key', () => {
    const value = codec.write({ client: codec.newClient(), nodeTag: codec.nodeTag('a') });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let i = 0; i < value.length; i++) {
      for (const c of alphabet) {
        if (c !== value[i]) expect(codec.read(value.slice(0, i) + c + value.slice(i + 1))).toBeUndefined();
      }
    }
    expect(new CookieCodec(key, 'other').read(value)).toBeUndefined();
    expect(new CookieCodec(new Uint8Array(32).fill(2), 'web').read(value)).toBeUndefined();
  });

  it('says nothing whatever else stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ minLength: 24, maxLength: 24 }), fc.base64String({ maxLength: 40 })), (text) => {
        expect(codec.read(text)).toBeUndefined();
      }),
    );
  });

  it('names nodes by tags that differ, per pool, and do not reveal them', () => {
    const tags = Array.from({ length: 200 }, (_, i) => codec.nodeTag(`node-${i}`));
    expect(new Set(tags).size).toBe(200);
    expect(codec.nodeTag('a')).toBe(codec.nodeTag('a'));
    expect(codec.nodeTag('a')).not.toBe(new CookieCodec(key, 'other').nodeTag('a'));
    expect(
      Buffer.from(codec.write({ client: '0'.repeat(12), nodeTag: codec.nodeTag('127') }), 'base64url').toString('latin1'),
    ).not.toContain('127');
  });

  it('never gives two clients one id', () => {
    expect(new Set(Array.from({ length: 2_000 }, () => codec.newClient())).size).toBe(2_000);
    expect(codec.newClient()).toMatch(/^[0-9a-f]{12}$/);
  });
});
