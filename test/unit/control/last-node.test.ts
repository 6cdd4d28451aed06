import { describe, expect, it } from 'vitest';
import { assertNotLastNode } from '../../../electron/control/last-node.ts';
import { poolSchema, type NodeMode } from '../../../shared/model/config.ts';
import type { ObservedState } from '../../../shared/model/state.ts';

type Nodes = Record<string, [mode: NodeMode, state: ObservedState]>;

function refused(nodes: Nodes, node: string, mode: NodeMode): boolean {
  const entries = Object.entries(nodes);
  const pool = poolSchema.parse({
    id: 'web',
    stickiness: { type: 'none' },
    keepLastNode: true,
    nodes: entries.map(([id, [m]], i) => ({ id, address: `127.0.0.1:${1 + i}`, mode: m })),
  });
  try {
    assertNotLastNode(pool, node, mode, [{ id: 'web', nodes: entries.map(([id, [, state]]) => ({ id, state })) }]);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'LAST_NODE', message: expect.stringContaining(`"${node}"`) as string });
    return true;
  }
}

describe('keepLastNode', () => {
  it.each<[string, Nodes, NodeMode, boolean]>([
    ['another accepts', { a: ['accept', 'up'], b: ['accept', 'up'] }, 'reject', false],
    ['another accepts and is being checked', { a: ['accept', 'up'], b: ['accept', 'checking'] }, 'reject', false],
    ['a backup is there', { a: ['accept', 'up'], b: ['backup', 'up'] }, 'drain', false],
    ['it is alone', { a: ['accept', 'up'] }, 'reject', true],
    ['the other drains', { a: ['accept', 'up'], b: ['drain', 'up'] }, 'drain', true],
    ['the other rejects', { a: ['accept', 'up'], b: ['reject', 'up'] }, 'reject', true],
    ['the other is down', { a: ['accept', 'up'], b: ['accept', 'down'] }, 'reject', true],
    ['both are down', { a: ['accept', 'down'], b: ['accept', 'down'] }, 'reject', false],
    ['it becomes a backup', { a: ['accept', 'up'] }, 'backup', false],
    ['it accepts again', { a: ['reject', 'up'] }, 'accept', false],
  ])('%s', (_, nodes, mode, expected) => {
    expect(refused(nodes, 'a', mode)).toBe(expected);
  });
});
