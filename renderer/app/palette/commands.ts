import type { NodeMode } from '../../../shared/model/config.ts';
import type { Client as BalancedClient } from '../../../shared/model/metrics.ts';
import { type Client, errorMessage } from '../../bridge/client.ts';
import { modeEffect } from '../../stores/mode-words.ts';
import { drainMsOf } from '../../stores/mode-changes.ts';
import type { Stores } from '../../stores/stores.ts';
import { type EffectiveState, effectiveState, stateLooks } from '../../ui/effective-state.ts';
import { formatClock, formatDay } from '../../ui/format.ts';
import { isReplaying } from '../../stores/replay-store.ts';
import { toggleReplay } from '../replay/toggle-replay.ts';
import { togglePause } from '../shell/pause.ts';
import { screenShortcuts } from '../shortcuts/shortcuts.ts';

/** One line of the palette. */
export interface Command {
  id: string;
  group: 'Go to' | 'View' | 'Replay' | 'Demo' | 'Pools' | 'Listeners' | 'Nodes' | 'Modes' | 'Clients';
  label: string;
  /** What it is or what it will do. */
  detail?: string;
  /** Found by these too. */
  also?: string;
  keys?: string[];
  /** Wears a node's ring. */
  state?: EffectiveState;
  run: () => void;
}

const modes: NodeMode[] = ['accept', 'drain', 'backup', 'reject'];
const go = (hash: string) => () => {
  location.hash = hash;
};
const to = (...parts: string[]) => go(`#/${parts.map(encodeURIComponent).join('/')}`);

/** The replay that is open, and the runs there are. */
function replayCommands({ replay }: Stores): Command[] {
  const view = replay.store.getState();
  const open = isReplaying(view);
  return [
    ...(open
      ? ([
          {
            ...{ id: 'replay play', group: 'Replay', label: view.playing ? 'Pause the replay' : 'Play the replay', also: 'run past' },
            run: () => toggleReplay(replay),
          },
          {
            ...{ id: 'replay end', group: 'Replay', label: 'Back to live', also: 'end replay now' },
            run: () => {
              replay.end();
              location.hash = '#/live';
            },
          },
        ] satisfies Command[])
      : []),
    ...(view.runs ?? []).slice(0, 20).map((run): Command => ({
      ...{
        id: `run ${run.id}`,
        group: 'Replay',
        label: `Replay ${run.name}`,
        detail: `${formatDay(run.startedAt)}, ${formatClock(run.startedAt)}`,
      },
      also: 'run timeline scenario compare',
      run: go(`#/timeline?run=${encodeURIComponent(run.id)}`),
    })),
  ];
}

/** What can be done now; made anew each time the palette opens. */
export function buildCommands(stores: Stores, client: Client, openHelp: () => void): Command[] {
  const { listeners, pools } = stores.engine.store.getState();
  const lab = stores.lab.store.getState().lab;
  const { settings } = stores.settings.store.getState();
  const paused = stores.view.getState().paused !== null;
  const several = pools.length > 1;
  const failed = (id: string, title: string) => (reason: unknown) => stores.toasts.show({ id, title, text: errorMessage(reason) });

  const commands: Command[] = screenShortcuts.map(({ screen, name, key }) => ({
    id: `screen ${screen}`,
    group: 'Go to',
    label: name,
    also: 'screen go to open',
    ...(key ? { keys: ['g', key] } : {}),
    run: to(screen),
  }));
  const canPause = paused || stores.engine.store.getState().connection !== 'offline';
  if (canPause)
    commands.push({
      ...{ id: 'pause', group: 'View', label: paused ? 'Resume the view' : 'Pause the view', also: 'stop freeze live', keys: ['p'] },
      run: () => togglePause(stores),
    });
  commands.push(
    ...replayCommands(stores),
    { id: 'present', group: 'View', label: 'Present', also: 'projector full screen', keys: ['f'], run: go('#/present') },
    { id: 'help', group: 'View', label: 'Keyboard shortcuts', also: 'help keys', keys: ['?'], run: openHelp },
    ...(['dark', 'light', 'system'] as const)
      .filter((theme) => theme !== settings.theme)
      .map((theme): Command => ({
        ...{ id: `theme ${theme}`, group: 'View', also: 'colour appearance mode' },
        label: theme === 'system' ? 'Theme: as the system' : `Theme: ${theme}`,
        run: () => void stores.settings.set({ theme }).catch(failed('theme', 'The theme was not changed')),
      })),
    lab?.running
      ? {
          ...{ id: 'demo', group: 'Demo', label: 'End the demo', detail: 'Takes its listener, nodes and clients away', also: 'lab stop' },
          run: () => void client.request('lab.end', {}).catch(failed('lab', 'The demo still runs')),
        }
      : {
          ...{ id: 'demo', group: 'Demo', label: 'Start the demo', detail: 'Three small servers and simulated clients', also: 'lab' },
          run: () => void client.request('lab.start', {}).catch(failed('lab', 'The demo was not started')),
        },
  );
  for (const pool of pools)
    commands.push({
      id: `pool ${pool.id}`,
      group: 'Pools',
      label: pool.name,
      detail: `Edit pool ${pool.id}`,
      also: 'pool',
      run: to('pools', pool.id),
    });
  for (const listener of listeners) {
    commands.push({
      ...{ id: `listener ${listener.id}`, group: 'Listeners', label: listener.name, detail: `${listener.protocol} on ${listener.address}` },
      also: 'listener',
      run: to('listeners', listener.id),
    });
  }
  for (const pool of pools) {
    for (const node of pool.nodes) {
      const state = effectiveState(node);
      const where = several ? `, ${pool.name}` : '';
      commands.push({
        ...{ id: `node ${pool.id}/${node.id}`, group: 'Nodes', label: node.label, state, also: `node ${node.id} ${pool.name}` },
        detail: `${stateLooks[state].word}, ${node.address}${where}`,
        run: to('live', 'node', pool.id, node.id),
      });
      for (const mode of modes) {
        if (mode === node.mode) continue;
        commands.push({
          ...{ id: `mode ${pool.id}/${node.id} ${mode}`, group: 'Modes', label: `Set ${node.label} to ${mode}${where}` },
          detail: modeEffect(pool, node, mode, drainMsOf(stores.config, pool.id)),
          also: `mode ${node.id}`,
          run: () => stores.modes.set(pool.id, node.id, mode),
        });
      }
    }
  }
  return commands;
}

/** Clients whose key holds `search`, as commands; at most `limit`. */
export async function findClients(client: Client, search: string, limit: number): Promise<Command[]> {
  const { clients } = await client.request('clients.list', { search, limit });
  return clients.map((found: BalancedClient) => ({
    ...{ id: `client ${found.pool}/${found.key}`, group: 'Clients', label: found.key, also: search },
    detail: `Client on ${found.node}, last seen ${formatClock(found.lastSeen)}`,
    run: to('clients', found.pool, found.key),
  }));
}

/** How well a command answers a search: every word must be found in it. 0: not at all. */
function score(command: Command, words: readonly string[]): number {
  const label = command.label.toLowerCase();
  // What a mode will do names other nodes: that is nothing to find it by.
  const detail = command.group === 'Modes' ? '' : (command.detail ?? '');
  const all = `${label} ${detail} ${command.also ?? ''} ${command.group}`.toLowerCase();
  let sum = 0;
  for (const word of words) {
    if (label.startsWith(word)) sum += 8;
    else if (label.split(/[\s:,]+/).some((part) => part.startsWith(word))) sum += 5;
    else if (label.includes(word)) sum += 3;
    else if (all.includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}

/** Lines shown at most. */
const most = 50;

/** What answers a search, best group first; without one, everything but the modes and single nodes of a long list. */
export function matching(commands: readonly Command[], search: string): Command[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return commands.filter((command) => command.group !== 'Modes').slice(0, most);
  const found = commands.map((command) => ({ command, points: score(command, words) })).filter(({ points }) => points > 0);
  const best = new Map<string, number>();
  for (const { command, points } of found) best.set(command.group, Math.max(points, best.get(command.group) ?? 0));
  // Groups stay together: the one with the best line comes first.
  return found
    .sort((a, b) => best.get(b.command.group)! - best.get(a.command.group)! || groupOrder(a, b) || b.points - a.points)
    .slice(0, most)
    .map(({ command }) => command);
}

const groupOrder = (a: { command: Command }, b: { command: Command }) =>
  a.command.group === b.command.group ? 0 : a.command.group < b.command.group ? -1 : 1;
