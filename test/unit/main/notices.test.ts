import { beforeEach, describe, expect, it } from 'vitest';
import { groupMs, type Notice, type NoticeKind, Notices, pauseMs } from '../../../electron/main/notices.ts';
import { FakeClock } from '../../support/fake-clock.ts';

let clock: FakeClock;
let shown: Notice[];
let watched: boolean;
let unwanted: Set<NoticeKind>;
let notices: Notices;

beforeEach(() => {
  clock = new FakeClock();
  shown = [];
  watched = false;
  unwanted = new Set();
  notices = new Notices({
    now: () => clock.now(),
    after: (ms, fn) => clock.after(ms, fn),
    wanted: (kind) => !unwanted.has(kind),
    isWatched: () => watched,
    nodeName: (_pool, node) => node.toUpperCase(),
    show: (notice) => shown.push(notice),
  });
});

const node = (kind: 'node.down' | 'node.up', id: string, reason = '') => {
  notices.fact({ kind, pool: 'web', node: id, time: clock.now(), reason });
};

describe('announcements of nodes', () => {
  it('name the node, the reason and the moment', () => {
    const at = clock.now();
    node('node.down', 'a', '2 of 2 checks timed out');
    expect(shown).toEqual([]);
    clock.advance(groupMs);
    expect(shown).toEqual([{ kind: 'nodes', title: 'A is down', body: '2 of 2 checks timed out.', at }]);
  });

  it('are one when several come within three seconds', () => {
    node('node.down', 'a');
    clock.advance(1_000);
    node('node.down', 'b');
    node('node.down', 'c');
    node('node.down', 'd');
    clock.advance(1_900);
    node('node.up', 'd');
    clock.advance(groupMs);
    expect(shown.map(({ title, body }) => [title, body])).toEqual([['Nodes: 3 down, 1 up again', 'Down: A, B, C. Up again: D.']]);
  });

  it('count what a list of names would be too long for', () => {
    for (const id of 'abcdefgh') node('node.down', id);
    clock.advance(groupMs);
    expect(shown[0]?.body).toBe('Down: A, B, C, D and 4 more.');
  });

  it('say what became of a node that flapped', () => {
    node('node.down', 'a', 'connection refused');
    node('node.up', 'a');
    node('node.down', 'a', 'timed out');
    node('node.up', 'a');
    clock.advance(groupMs);
    expect(shown).toMatchObject([{ title: 'A was down 2 times and is up again' }]);
  });

  it('come at most every half minute; what happens meanwhile waits and is grouped', () => {
    node('node.down', 'a');
    clock.advance(groupMs);
    for (let second = 0; second < 20; second++) {
      node(second % 2 ? 'node.up' : 'node.down', 'b');
      clock.advance(1_000);
    }
    expect(shown).toHaveLength(1);
    clock.advance(pauseMs);
    expect(shown).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('are not made while somebody looks at the window, nor when they are not wanted', () => {
    watched = true;
    node('node.down', 'a');
    clock.advance(groupMs);
    watched = false;
    unwanted.add('nodes');
    node('node.up', 'a');
    clock.advance(groupMs);
    expect(shown).toEqual([]);
  });

  it('are not made for a node whose first check passes', () => {
    node('node.up', 'a');
    clock.advance(groupMs);
    expect(shown).toEqual([]);
    node('node.down', 'a');
    clock.advance(pauseMs);
    node('node.up', 'a');
    clock.advance(pauseMs);
    node('node.up', 'a');
    clock.advance(pauseMs);
    expect(shown.map(({ title }) => title)).toEqual(['A is down', 'A is up again']);
  });

  it('are not about anything else', () => {
    notices.fact({ kind: 'config.applied', time: clock.now() });
    expect(clock.pending).toBe(0);
  });
});

describe('announcements that nothing serves', () => {
  it('come although somebody looks at the window', () => {
    watched = true;
    notices.wentDark('Web', 'web has no node that takes clients');
    clock.advance(groupMs);
    expect(shown).toMatchObject([{ kind: 'allDown', title: 'Web serves nothing', body: 'Web has no node that takes clients.' }]);
  });

  it('are none when it serves again before they are made', () => {
    notices.wentDark('Web', 'x');
    clock.advance(1_000);
    notices.serves('Web');
    clock.advance(groupMs);
    expect(shown).toEqual([]);
  });

  it('are one for several', () => {
    notices.wentDark('Web', 'x');
    notices.wentDark('Mail', 'y');
    clock.advance(groupMs);
    expect(shown).toMatchObject([{ title: '2 listeners serve nothing', body: 'Web, Mail: clients get an error.' }]);
  });

  it('tell of an engine that dies again and again once in a while', () => {
    for (let i = 0; i < 10; i++) {
      notices.engineRestarted('its thread ended with code 1', clock.now());
      clock.advance(5_000);
    }
    expect(shown).toHaveLength(2);
  });
});
