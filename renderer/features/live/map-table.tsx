import { stateLooks } from '../../ui/effective-state.ts';
import { formatCount, formatMs, formatRate } from '../../ui/format.ts';
import type { LiveModel } from './live-model.ts';
import { reasonLine } from './node-words.ts';
import css from './live.module.css';

/** The map in words: what is drawn, as a table for those who do not see it. It shows itself when it has the focus. */
export function MapTable({ model }: { model: LiveModel }) {
  return (
    // A region that scrolls when it is shown has to be reachable by keyboard.
    <div className={css['table']} role="region" aria-label="The map as a table" tabIndex={0}>
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
            lanes.map(({ key, node, state, clients, rates }) => (
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
                <td>{formatCount(clients.length)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}
