import { expect, it } from 'vitest';
import { listenerUrl } from '../../../shared/model/listener-url.ts';

it.each([
  ['http', '[::]:80', 'http://[::1]:80/'],
  ['https', '0.0.0.0:8443', 'https://127.0.0.1:8443/'],
  ['tcp', '0.0.0.0:5432', '127.0.0.1:5432'],
  ['http', '[::1]:80', 'http://[::1]:80/'],
  ['tcp', '192.168.0.9:22', '192.168.0.9:22'],
])('a client on this machine reaches %s on %s by %s', (protocol, address, url) => {
  expect(listenerUrl({ protocol, address })).toBe(url);
});
