import { describe, expect, it, vi } from 'vitest';
import { mayOpenExternally, openExternally } from '../../../electron/main/external-links.ts';

const openExternal = vi.hoisted(() => vi.fn(() => Promise.resolve()));
const log = vi.hoisted(() => vi.fn());
vi.mock('electron', () => ({ shell: { openExternal } }));
vi.mock('../../../electron/main/log.ts', () => ({ log }));

const own = new Set(['127.0.0.1', '::1', '192.168.1.20']);

describe('links handed to the system', () => {
  it.each(['http://127.0.0.1:8080/', 'https://localhost:8443/a?b', 'http://[::1]:8080/', 'http://192.168.1.20/'])('may be %s', (url) => {
    expect(mayOpenExternally(url, own)).toBe(true);
  });

  it.each([
    'https://example.com/',
    'http://127.0.0.1.example.com/',
    'http://user:password@127.0.0.1/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ms-settings:privacy',
    'smb://192.168.1.20/share',
    'localhost',
    '',
  ])('may not be %s', (url) => {
    expect(mayOpenExternally(url, own)).toBe(false);
  });

  it('reach the system only when allowed', () => {
    openExternally('https://example.com/');
    openExternally('http://127.0.0.1:8080/');
    expect(openExternal.mock.calls).toEqual([['http://127.0.0.1:8080/']]);
  });

  it('that the system does not open are in the log', async () => {
    openExternal.mockRejectedValueOnce(new Error('no browser'));
    openExternally('http://127.0.0.1:8080/');
    await vi.waitFor(() => {
      expect(log).toHaveBeenCalledExactlyOnceWith('warn', 'The system did not open a link in its browser.', { detail: 'no browser' });
    });
  });
});
