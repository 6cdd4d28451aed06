import { expect, test } from 'vitest';
import { frame, FrameReader } from './frames.ts';

const texts = ['', 'hello', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(5000)];

test.each([true, false])('frames are read as they were written, in any pieces (masked: %s)', (masked) => {
  const bytes = Buffer.concat(texts.map((text) => frame(Buffer.from(text), masked)));
  for (const size of [1, 3, 64, bytes.length]) {
    const reader = new FrameReader();
    const read: string[] = [];
    for (let at = 0; at < bytes.length; at += size) read.push(...reader.push(bytes.subarray(at, at + size)).map(String));
    expect(read).toEqual(texts);
  }
});

test('a masked frame is what RFC 6455 section 5.7 shows', () => {
  expect(frame(Buffer.from('Hello'), true).toString('hex')).toBe('818537fa213d7f9f4d5158');
  expect(frame(Buffer.from('Hello'), false).toString('hex')).toBe('810548656c6c6f');
});
