import fc from 'fast-check';
import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { trayFingerprint, trayMenu, type TrayActions } from '../../../electron/main/tray-menu.ts';
import { nodeWord, trayState, type Facts } from '../../../electron/main/tray-state.ts';
import { overallState } from '../../../renderer/app/shell/overall-state.ts';
import { effectiveState } from '../../../renderer/ui/effective-state.ts';
import type { NodeMode } from '../../../shared/model/config.ts';
import type { ListenerState, NodeState, ObservedState, PoolState } from '../../../shared/model/state.ts';
import type { UpdateState } from '../../../shared/model/update.ts';

const node = (id: string, state: ObservedState = 'up', mode: NodeMode = 'accept') => ({ id, label: id, state, mode }) as NodeState;
const pool = (id: string, nodes: NodeState[], available = nodes.length) => ({ id, name: id, nodes, available }) as PoolState;
const listener = (id: string, poolId: string, over: Partial<ListenerState> = {}) =>
  ({ id, name: id, pool: poolId, state: 'up', reason: '', protocol: 'http', address: '127.0.0.1:8080', ...over }) as ListenerState;

const nodeArbitrary = fc.record({
  state: fc.constantFrom<ObservedState>('up', 'down', 'checking'),
  mode: fc.constantFrom<NodeMode>('accept', 'drain', 'backup', 'reject'),
});
const facts: fc.Arbitrary<Facts> = fc
  .record({
    pools: fc.array(fc.record({ nodes: fc.array(nodeArbitrary, { maxLength: 4 }), available: fc.nat(2) }), { maxLength: 3 }),
    listeners: fc.array(fc.record({ pool: fc.nat(2), state: fc.constantFrom('up', 'error', 'disabled') }), { maxLength: 3 }),
  })
  .map((raw) => ({
    pools: raw.pools.map(({ nodes, available }, p) =>
      pool(
        `p${p}`,
        nodes.map(({ state, mode }, n) => node(`n${n}`, state, mode)),
        Math.min(available, nodes.length),
      ),
    ),
    listeners: raw.listeners.map(({ pool: p, state }, l) => listener(`l${l}`, `p${p}`, { state: state })),
  }));

describe('the tray', () => {
  it('says of the whole what the window says', () => {
    fc.assert(
      fc.property(facts, (known) => {
        const window = overallState(known.listeners, known.pools);
        const tray = trayState(known, false);
        expect(tray.head).toBe(window.head);
        // An alarm there is a cross here, and nothing is green here that is not there.
        if (window.alarm) expect(tray.picture).toBe('down');
        if (tray.picture === 'healthy') expect(window.rollUp.glyph).toBe('healthy');
      }),
      { numRuns: 3_000 },
    );
  });

  it('says of a node what its card says', () => {
    fc.assert(
      fc.property(nodeArbitrary, (one) => {
        expect(nodeWord(one)).toBe(effectiveState(one));
      }),
    );
  });

  it('is told apart from every other state by its picture when paused, and says so', () => {
    expect(trayState({ listeners: [], pools: [] }, true)).toEqual({ picture: 'paused', head: 'Paused: no listener accepts' });
    expect(trayState(null, false)).toEqual({ picture: 'none', head: 'The engine is starting' });
  });
});

const byLabel = (items: readonly MenuItemConstructorOptions[], label: string): MenuItemConstructorOptions => {
  const found = items.find((item) => item.label?.startsWith(label));
  if (!found) throw new Error(`No "${label}" among ${items.map((item) => item.label).join(', ')}`);
  return found;
};
const under = (item: MenuItemConstructorOptions) => item.submenu as MenuItemConstructorOptions[];
const click = (item: MenuItemConstructorOptions) => (item.click as () => void)();

const none: UpdateState = { state: 'unavailable', why: 'no-feed' };

describe('its menu', () => {
  const known: Facts = {
    pools: [pool('web', [node('a'), node('b', 'down', 'drain')])],
    listeners: [listener('Front & back', 'web', { address: '0.0.0.0:8443', protocol: 'https' })],
  };
  const actions = () =>
    ({ open: vi.fn(), copy: vi.fn(), setMode: vi.fn(), setPaused: vi.fn(), showUpdates: vi.fn(), quit: vi.fn() }) satisfies TrayActions;

  it('copies an address that can be opened on this machine', () => {
    const does = actions();
    const [first] = under(byLabel(trayMenu({ facts: known, paused: false, updates: none }, does), 'Copy address'));
    expect(first?.label).toBe('Front && back: https://127.0.0.1:8443/');
    click(first!);
    expect(does.copy).toHaveBeenCalledWith('https://127.0.0.1:8443/');
  });

  it('sets a mode, and nothing when it is that already', () => {
    const does = actions();
    const nodes = under(byLabel(trayMenu({ facts: known, paused: false, updates: none }, does), 'Nodes'));
    expect(nodes.map(({ label }) => label)).toEqual(['a: healthy', 'b: down']);
    const modes = under(nodes[0]!);
    expect(modes.map(({ label, checked }) => [label, checked])).toEqual([
      ['Accept', true],
      ['Drain', false],
      ['Backup', false],
      ['Reject', false],
    ]);
    click(modes[0]!);
    expect(does.setMode).not.toHaveBeenCalled();
    click(modes[1]!);
    expect(does.setMode).toHaveBeenCalledWith('web', 'a', 'drain');
  });

  it('pauses and resumes, opens and quits', () => {
    const does = actions();
    click(byLabel(trayMenu({ facts: known, paused: false, updates: none }, does), 'Pause'));
    click(byLabel(trayMenu({ facts: known, paused: true, updates: none }, does), 'Resume'));
    expect(does.setPaused.mock.calls).toEqual([[true], [false]]);
    const menu = trayMenu({ facts: known, paused: false, updates: none }, does);
    click(byLabel(menu, 'Open'));
    click(byLabel(menu, 'Quit'));
    expect([does.open, does.quit].map((fn) => fn.mock.calls.length)).toEqual([1, 1]);
  });

  it('says how updates stand, where there is a feed to ask, and shows them', () => {
    const feed = 'https://updates.example/';
    const offer = { version: '0.2.0', notes: null, releasedAt: null, bytes: null };
    const above = (updates: UpdateState, does = actions()) => trayMenu({ facts: known, paused: false, updates }, does).at(-2);
    expect(above(none)).toEqual({ type: 'separator' });
    expect(above({ state: 'off', feed })?.label).toBe('Check for updates…');
    expect(above({ state: 'available', feed, offer })?.label).toBe('Version 0.2.0 is available…');
    expect(above({ state: 'downloading', feed, offer, received: 1, total: 2 })?.label).toBe('Downloading version 0.2.0…');
    expect(above({ state: 'ready', feed, offer })?.label).toBe('Version 0.2.0 is ready…');
    const does = actions();
    click(above({ state: 'ready', feed, offer }, does)!);
    expect(does.showUpdates).toHaveBeenCalledTimes(1);
    // Progress alone draws nothing anew.
    const printed = (received: number) =>
      trayFingerprint({ facts: known, paused: false, updates: { state: 'downloading', feed, offer, received, total: 9 } });
    expect(printed(1)).toBe(printed(2));
    expect(printed(1)).not.toBe(trayFingerprint({ facts: known, paused: false, updates: { state: 'ready', feed, offer } }));
  });

  it('stays short', () => {
    const many = {
      pools: [
        pool(
          'web',
          Array.from({ length: 60 }, (_, i) => node(`n${i}`)),
        ),
      ],
      listeners: [],
    };
    const nodes = under(byLabel(trayMenu({ facts: many, paused: false, updates: none }, actions()), 'Nodes'));
    expect(nodes).toHaveLength(25);
    expect(nodes.at(-1)?.label).toBe('… and 36 more in the window');
  });

  it('says what there is none of yet', () => {
    const menu = trayMenu({ facts: null, paused: false, updates: none }, actions());
    expect(under(byLabel(menu, 'Copy address'))).toEqual([{ label: 'No listeners yet', enabled: false }]);
    expect(under(byLabel(menu, 'Nodes'))).toEqual([{ label: 'No nodes yet', enabled: false }]);
  });

  it('is the same as long as only counters change', () => {
    const counting = {
      ...known,
      pools: known.pools.map((p) => ({ ...p, nodes: p.nodes.map((n) => ({ ...n, requests: 7, reason: 'x' })) })),
    };
    expect(trayFingerprint({ facts: counting, paused: false, updates: none })).toBe(
      trayFingerprint({ facts: known, paused: false, updates: none }),
    );
    expect(trayFingerprint({ facts: known, paused: true, updates: none })).not.toBe(
      trayFingerprint({ facts: known, paused: false, updates: none }),
    );
  });
});
