import { expect, test } from 'vitest';
import { demoPage } from '../../../../electron/control/lab/demo-page.ts';

test('the page names the node, its requests and the client', () => {
  const html = demoPage({ node: 'api-2', path: '/cart', requests: 17, forwardedFor: '127.0.0.1' });
  expect(html).toContain('<h1>api-2</h1>');
  expect(html).toContain('<dd>17</dd>');
  expect(html).toContain('<dd>127.0.0.1</dd>');
  expect(html).toContain('<dd>/cart</dd>');
});

test('asked directly, it says that nobody forwarded', () => {
  expect(demoPage({ node: 'api-1', path: '/', requests: 1, forwardedFor: undefined })).toContain('asked directly');
});

test('nothing a client sends becomes markup', () => {
  const html = demoPage({ node: 'api-1', path: '/"><script>', requests: 1, forwardedFor: `<img src=x onerror='a'>&` });
  expect(html).not.toContain('<script>');
  expect(html).not.toContain('<img');
  expect(html).toContain('&lt;img src=x onerror=&#39;a&#39;&gt;&amp;');
});
