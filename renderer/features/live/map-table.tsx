import { useState } from 'react';
import { stateLooks } from '../../ui/effective-state.ts';
import { formatCount, formatMs, formatRate } from '../../ui/format.ts';
import { clientWords } from './client-label.ts';
import { type LiveModel, selectionHref } from './live-model.ts';
import { reasonLine } from './node-words.ts';
import css from './live.module.css';

/** The map in words: what is drawn, as a table for those who do not see it. It shows itself when it has the focus. */
export function MapTable({ model }: { model: LiveModel }) {
  // A thousand rows that nobody sees would be renewed twice a second for nothing.
  const [open, setOpen] = useState(false);
  return (
    // A region that scrolls when it is shown has to be reachable by keyboard.
    <div
      className={css['table']}
      role="region"
      aria-label="The map as a table"
      tabIndex={0}
      onFocus={() => setOpen(true)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // It lies over the map for as long as the focus is in it.
        event.preventDefault();
        (document.activeElement as HTMLElement | null)?.blur();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <table>
        <caption>The map as a table</caption>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Pool</th>
            <th scope="col">Listeners</th>
            <th scope="col">Mode</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
            <th scope="col">Requests a second</th>
            <th scope="col">p95, ms</th>
            <th scope="col">Connections</th>
            <th scope="col">Clients</th>
          </tr>
        </thead>
        <tbody>
          {model.blocks.flatMap(({ pool, listeners, lanes }) =>
            lanes.map(({ key, node, state, count, rates }) => (
              <tr key={key}>
                <th scope="row">{node.label}</th>
                <td>{pool.name}</td>
                <td>{listeners.map((listener) => `${listener.name} ${listener.address}`).join(', ') || 'none'}</td>
                <td>{node.mode}</td>
                <td>{stateLooks[state].word}</td>
                <td>{reasonLine(node, state, pool, model.now)}</td>
                <td>{formatRate(rates?.requestsPerSecond)}</td>
                <td>{formatMs(rates?.p95)}</td>
                <td>{formatCount(rates?.connections ?? node.connections)}</td>
                <td>{formatCount(count)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      {open ? <ClientLists model={model} /> : null}
    </div>
  );
}

/** What is chosen here is told of in the inspector: the focus goes there, and the table off the map. */
function toInspector(): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>('aside.inspector button')?.focus()));
}

/** Every client the map knows by name, and the way to the others. */
function ClientLists({ model }: { model: LiveModel }) {
  return (
    <div className={css['clientLists']}>
      {model.lanes.map(({ key, pool, node, clients, count }) => (
        <section key={key} aria-label={`Clients on ${node.label}`}>
          <h3>
            {formatCount(count)} {count === 1 ? 'client' : 'clients'} on {node.label}
          </h3>
          {count > clients.length ? (
            <p>
              <a href={`#/clients/on/${encodeURIComponent(pool.id)}/${encodeURIComponent(node.id)}`}>All of them in Clients</a>
            </p>
          ) : null}
          <ul>
            {clients.map((client) => (
              <li key={client.key}>
                <a href={selectionHref({ kind: 'client', pool: client.pool, id: client.key })} onClick={toInspector}>
                  {clientWords(client)}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
