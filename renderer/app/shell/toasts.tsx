import { useEffect } from 'react';
import type { JournalEntry } from '../../../shared/model/journal.ts';
import { useClient } from '../../bridge/context.tsx';
import { useReplay, useStores, useToasts } from '../../stores/context.tsx';
import { isReplaying } from '../../stores/replay-store.ts';
import type { Stores } from '../../stores/stores.ts';
import type { ToastMessage } from '../../stores/toast-store.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { StateRing } from '../../ui/state-ring.tsx';
import { Toast } from '../../ui/toast.tsx';
import css from './shell.module.css';

const sentence = (text: string | undefined) => (text ? `${text.replace(/\.$/, '')}.` : '');

/** "14 clients moved: 7 to api-1, 7 to api-3." */
function movedWords(moved: ReadonlyMap<string, number>, labelOf: (node: string) => string): string {
  const total = [...moved.values()].reduce((sum, n) => sum + n, 0);
  if (total === 0) return '';
  const to = [...moved].map(([node, n]) => `${formatCount(n)} to ${labelOf(node)}`);
  return `${formatCount(total)} ${total === 1 ? 'client' : 'clients'} moved: ${to.slice(0, 3).join(', ')}${to.length > 3 ? ' and others' : ''}.`;
}

const beforeDownMs = 5_000;

/** Turns the journal's loud facts into messages. */
function watchJournal({ journal, engine, toasts }: Stores): () => void {
  const moved = new Map<string, { toast: ToastMessage; reason: string; to: Map<string, number>; until: number }>();
  /** Moves of the last seconds: the first clients leave because their request failed, before the node is called down. */
  let lately: { from: string; to: string; time: number }[] = [];
  const label = (pool: string, node: string) =>
    engine.store
      .getState()
      .pools.find((p) => p.id === pool)
      ?.nodes.find((n) => n.id === node)?.label ?? node;

  const onEntry = (entry: JournalEntry) => {
    const { pool = '', node = '' } = entry;
    const key = `${pool}/${node}`;
    const href = `#/live/node/${encodeURIComponent(pool)}/${encodeURIComponent(node)}`;
    switch (entry.kind) {
      case 'node.down': {
        const toast: ToastMessage = {
          id: `node ${key}`,
          title: `${label(pool, node)} is down`,
          text: sentence(entry.reason),
          state: 'down',
          href,
        };
        const to = new Map<string, number>();
        for (const move of lately) {
          if (move.from === key && entry.time - move.time < beforeDownMs) to.set(move.to, (to.get(move.to) ?? 0) + 1);
        }
        moved.set(key, { toast, reason: sentence(entry.reason), to, until: entry.time + 10_000 });
        toasts.show({ ...toast, text: `${toast.text}\n${movedWords(to, (id) => label(pool, id))}`.trim() }, 12_000);
        break;
      }
      case 'client.moved': {
        if (entry.to !== undefined) lately = [...lately, { from: `${pool}/${entry.from}`, to: entry.to, time: entry.time }].slice(-200);
        // Clients move as they come back: those who left a node soon after it went down are counted in its message.
        const down = moved.get(`${pool}/${entry.from}`);
        if (!down || entry.time > down.until || entry.to === undefined) break;
        down.to.set(entry.to, (down.to.get(entry.to) ?? 0) + 1);
        if (!toasts.store.getState().toasts.some((t) => t.id === down.toast.id)) break;
        toasts.show({ ...down.toast, text: `${down.reason}\n${movedWords(down.to, (id) => label(pool, id))}`.trim() }, 12_000);
        break;
      }
      case 'node.up':
        // A node's very first pass is no return.
        if (!moved.delete(key)) break;
        toasts.show(
          { id: `node ${key}`, title: `${label(pool, node)} is back`, text: sentence(entry.reason), state: 'healthy', href },
          6_000,
        );
        break;
      case 'listener.error':
        toasts.show({
          id: `listener ${entry.listener}`,
          title: `Listener ${entry.listener ?? ''} is not open`,
          text: sentence(entry.reason),
          state: 'down',
          href: `#/live/listener/${encodeURIComponent(entry.listener ?? '')}`,
        });
        break;
      case 'certificate.problem':
        toasts.show({
          id: `certificate ${entry.certificate ?? key}`,
          title:
            entry.certificate === undefined
              ? `Authority of ${label(pool, node)} was not renewed`
              : `Certificate ${entry.certificate} was not renewed`,
          text: sentence(entry.reason),
          href:
            entry.certificate === undefined
              ? `#/pools/${encodeURIComponent(pool)}`
              : `#/certificates/${encodeURIComponent(entry.certificate)}`,
        });
        break;
      case 'engine.restarted':
        toasts.show({ id: 'engine', title: 'The engine was restarted', text: sentence(entry.reason) });
        break;
      default:
        break;
    }
  };
  return journal.onEntry(onEntry);
}

/** Messages over the screen; read aloud as they come. */
export function Toasts() {
  const stores = useStores();
  const client = useClient();
  const toasts = useToasts();
  const replaying = useReplay(isReplaying);
  useEffect(() => watchJournal(stores), [stores]);
  useEffect(() => {
    // It happened before there was a window to say it in; it stays for ten minutes.
    client.request('app.info', {}).then(
      ({ recovered }) => {
        if (recovered !== null) {
          const toast = { id: 'recovered', title: 'A saved file could not be used as it was', text: recovered };
          stores.toasts.show(toast, 600_000);
        }
      },
      () => {
        // The banner of a lost connection speaks then.
      },
    );
  }, [client, stores]);
  return (
    <div className={css['toasts']} aria-live="polite">
      {toasts.map((toast) => (
        <Toast
          key={toast.id}
          // Over the past a message is still about now, and says so.
          title={replaying ? `Now, live: ${toast.title}` : toast.title}
          mark={toast.state ? <StateRing state={toast.state} /> : undefined}
          action={
            toast.action ? (
              <Button
                small
                onClick={() => {
                  stores.toasts.dismiss(toast.id);
                  toast.action?.run();
                }}
              >
                {toast.action.label}
              </Button>
            ) : toast.href ? (
              <ButtonLink
                small
                href={toast.href}
                onClick={() => {
                  stores.toasts.dismiss(toast.id);
                  if (replaying) stores.replay.end();
                }}
              >
                Inspect
              </ButtonLink>
            ) : undefined
          }
          onClose={() => stores.toasts.dismiss(toast.id)}
        >
          {toast.text?.split('\n').map((line) => (
            <span key={line} className={css['toastLine']} title={line}>
              {line}
            </span>
          ))}
        </Toast>
      ))}
    </div>
  );
}
