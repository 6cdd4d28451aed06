import type { MenuItemConstructorOptions } from 'electron';
import { listenerUrl } from '../../shared/model/listener-url.ts';
import type { NodeMode } from '../../shared/model/config.ts';
import type { UpdateState } from '../../shared/model/update.ts';
import { nodeWord, trayState, type Facts } from './tray-state.ts';

/** What the tray's menu can do. */
export interface TrayActions {
  open(): void;
  copy(text: string): void;
  /** Through the window, which asks before the last node goes. */
  setMode(pool: string, node: string, mode: NodeMode): void;
  setPaused(paused: boolean): void;
  /** Shows how updates stand, having asked for them where that is switched on. */
  showUpdates(): void;
  quit(): void;
}

export interface TrayFacts {
  facts: Facts | null;
  paused: boolean;
  updates: UpdateState;
}

const modes: readonly { mode: NodeMode; label: string }[] = [
  { mode: 'accept', label: 'Accept' },
  { mode: 'drain', label: 'Drain' },
  { mode: 'backup', label: 'Backup' },
  { mode: 'reject', label: 'Reject' },
];

/** A longer list is for the window. */
const mostNodes = 24;

/** An ampersand would underline the letter after it. */
const plain = (text: string): string => text.replaceAll('&', '&&');

/** What the menu says of updates; nothing installs by it. undefined: there is nothing to say. */
function updateWords(updates: UpdateState): string | undefined {
  switch (updates.state) {
    case 'unavailable':
      return undefined;
    case 'available':
      return `Version ${updates.offer.version} is available…`;
    case 'downloading':
      return `Downloading version ${updates.offer.version}…`;
    case 'ready':
    case 'installing':
      return `Version ${updates.offer.version} is ready…`;
    default:
      return 'Check for updates…';
  }
}

/** The tray's menu for what is known now. */
export function trayMenu({ facts, paused, updates }: TrayFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  const listeners = facts?.listeners ?? [];
  const pools = facts?.pools ?? [];
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const copies = listeners.map((listener): MenuItemConstructorOptions => {
    const address = listenerUrl(listener);
    return {
      label: plain(`${listener.name}: ${address}`),
      click: () => {
        actions.copy(address);
      },
    };
  });
  let room = mostNodes;
  const nodes = pools.flatMap((pool): MenuItemConstructorOptions[] => {
    const shown = pool.nodes.slice(0, room);
    room -= shown.length;
    return shown.map((node) => ({
      label: plain(`${pools.length > 1 ? `${pool.name} / ` : ''}${node.label}: ${nodeWord(node)}`),
      submenu: modes.map(({ mode, label }) => ({
        label,
        type: 'radio' as const,
        checked: node.mode === mode,
        click: () => {
          if (node.mode !== mode) actions.setMode(pool.id, node.id, mode);
        },
      })),
    }));
  });
  const count = pools.reduce((sum, pool) => sum + pool.nodes.length, 0);
  if (count > mostNodes) nodes.push({ label: `… and ${count - mostNodes} more in the window`, click: actions.open });
  const update = updateWords(updates);
  const empty = (label: string): MenuItemConstructorOptions[] => [{ label, enabled: false }];
  return [
    { label: plain(trayState(facts, paused).head), enabled: false },
    line,
    { label: 'Open Evenkeel', click: actions.open },
    { label: 'Copy address', submenu: copies.length > 0 ? copies : empty('No listeners yet') },
    { label: 'Nodes', submenu: nodes.length > 0 ? nodes : empty('No nodes yet') },
    line,
    {
      label: paused ? 'Resume balancing' : 'Pause balancing',
      enabled: facts !== null,
      click: () => {
        actions.setPaused(!paused);
      },
    },
    line,
    ...(update === undefined ? [] : [{ label: plain(update), click: actions.showUpdates }]),
    { label: 'Quit Evenkeel', click: actions.quit },
  ];
}

/** What the menu shows, as text: the same text means that nothing has to be drawn anew. */
export function trayFingerprint({ facts, paused, updates }: TrayFacts): string {
  return JSON.stringify([
    paused,
    updateWords(updates),
    facts?.listeners.map(({ name, protocol, address, state }) => [name, protocol, address, state]),
    facts?.pools.map((pool) => [pool.id, pool.name, pool.available > 0, pool.nodes.map((n) => [n.id, n.label, n.mode, n.state])]),
  ]);
}
