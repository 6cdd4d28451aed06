import { Play, Search } from 'lucide-react';
import { useState } from 'react';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { FoundNames, useFoundServers } from '../../forms/found-servers.tsx';
import { Button } from '../../ui/button.tsx';
import css from './first-run.module.css';

/** Of more servers than this, some are somebody else's: they are chosen rather than taken. */
const mostTaken = 5;
const rows = [0, 84, 168];
const columns = [0, 42, 84];

function Drawing() {
  return (
    <svg className={css['drawing']} viewBox="0 0 880 236" aria-hidden="true">
      <g fill="none" stroke="var(--line-strong)" strokeWidth="1.25" strokeDasharray="5 5">
        {rows.map((y) => (
          <g key={y}>
            {columns.map((x) => (
              <g key={x}>
                <rect x={x + 0.5} y={y + 10.5} width="36" height="20" rx="6" />
                <rect x={x + 0.5} y={y + 36.5} width="36" height="20" rx="6" />
              </g>
            ))}
            <rect x="680.5" y={y + 0.5} width="199" height="66" rx="10" />
            <circle cx="706" cy={y + 24} r="12" />
          </g>
        ))}
        <rect x="240.5" y="75.5" width="120" height="84" rx="10" />
        <rect x="450.5" y="75.5" width="120" height="84" rx="10" />
        <path d="M132 33C190 33 190 108 240 112M132 117H240M132 201C190 201 190 126 240 122M360 117H450M570 112C630 108 620 33 680 33M570 117H680M570 122C630 126 620 201 680 201" />
      </g>
      <g fontSize="12" fill="var(--muted)" textAnchor="middle">
        <text x="300" y="121">
          Listener
        </text>
        <text x="510" y="121">
          Pool
        </text>
        {rows.map((y) => (
          <text key={y} x="790" y={y + 38}>
            Node
          </text>
        ))}
      </g>
    </svg>
  );
}

/** Nothing is set up: one action, and one way round it. */
export function FirstRun() {
  const client = useClient();
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState('');
  const found = useFoundServers();
  const start = () => {
    setStarting(true);
    setError('');
    client
      .request('lab.start', {})
      .catch((reason: unknown) => setError(errorMessage(reason)))
      .finally(() => setStarting(false));
  };
  return (
    <main className={`screen ${css['screen']}`}>
      <Drawing />
      <h1>No listeners yet</h1>
      <p>
        Start the demo: three small servers, simulated clients and one address in front of them.
        <br />
        It runs on this machine only, and one click takes it away again.
      </p>
      <Button look="primary" className={css['start']} onClick={start} disabled={starting}>
        <Play size={14} fill="currentColor" aria-hidden />
        {starting ? 'Starting the demo' : 'Start the demo'}
      </Button>
      {error ? (
        <p className={css['error']} role="alert">
          {error}
        </p>
      ) : null}
      <a className={css['other']} href="#/listeners/new">
        Add a listener
      </a>
      {found.length > 0 ? (
        <div className={css['found']}>
          <Search size={14} strokeWidth={1.75} aria-hidden />
          <span>
            Already listening here: <FoundNames servers={found} />.
          </span>
          {found.length > mostTaken ? (
            <a href="#/listeners/new">Put one address in front of some of them</a>
          ) : (
            <a href={`#/listeners/new/${encodeURIComponent(found.map(({ address }) => address).join(','))}`}>
              Put one address in front of {found.length === 1 ? 'it' : 'them'}
            </a>
          )}
        </div>
      ) : null}
    </main>
  );
}
