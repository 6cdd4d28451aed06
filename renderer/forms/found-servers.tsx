import { Check } from 'lucide-react';
import { useEffect, useState } from 'react';
import { parseHostPort, reachesListener } from '../../shared/model/address.ts';
import type { FoundServer } from '../../shared/model/discovery.ts';
import { useClient } from '../bridge/context.tsx';
import styles from './found-servers.module.css';

/** How often they are looked for while somebody looks. Milliseconds. */
const everyMs = 5_000;
const none: readonly FoundServer[] = [];
/** Named one by one; of more their number is said. */
const named = 4;

/** Servers that listen on this machine, looked for again every five seconds while the window shows. */
export function useFoundServers(): readonly FoundServer[] {
  const client = useClient();
  const [servers, setServers] = useState(none);
  useEffect(() => {
    let wanted = true;
    const look = () => {
      if (document.hidden) return;
      client.request('discovery.list', {}).then(
        (found) => {
          if (wanted) setServers((before) => (JSON.stringify(before) === JSON.stringify(found.servers) ? before : found.servers));
        },
        () => {
          // An offer, not a promise: without it the address is typed.
        },
      );
    };
    look();
    const timer = setInterval(look, everyMs);
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [client]);
  return servers;
}

/** Those of `servers` that none of `addresses` leads to already. */
export function notAmong(servers: readonly FoundServer[], addresses: readonly string[]): FoundServer[] {
  const known = addresses.map(parseHostPort).filter((address) => typeof address !== 'string');
  return servers.filter(({ address }) => {
    const at = parseHostPort(address);
    return typeof at === 'string' || !known.some((one) => reachesListener(at, one));
  });
}

/** "node :3000"; with its host where that is not the usual one. */
function nameOf({ program, address }: FoundServer): string {
  return `${program} ${address.startsWith('127.0.0.1:') ? address.slice(9) : address}`;
}

const shownOf = (servers: readonly FoundServer[]) => (servers.length > named + 1 ? servers.slice(0, named) : servers);

/** "node :3000, python :8000 and 3 more". */
export function FoundNames({ servers }: { servers: readonly FoundServer[] }) {
  const shown = shownOf(servers);
  return (
    <>
      {shown.map((server, i) => (
        <span key={server.address}>
          {i > 0 ? ', ' : ''}
          <span className={`mono ${styles['name']}`} title={`${server.address}, pid ${server.pid}`}>
            {nameOf(server)}
          </span>
        </span>
      ))}
      {servers.length > shown.length ? ` and ${servers.length - shown.length} more` : ''}
    </>
  );
}

/** "Add both", "Add all 3". */
function allOf(verb: string, count: number): string {
  return count === 2 ? `${verb} both` : `${verb} all ${count}`;
}

interface FoundServersProps {
  servers: readonly FoundServer[];
  verb: string;
  onTake: (servers: readonly FoundServer[]) => void;
  /** Those that are taken: they stay where they are, pressed, and are given back by a second press. Without it, what is taken is to leave. */
  taken?: { servers: readonly FoundServer[]; onGiveBack: (server: FoundServer) => void };
}

/** "Found on this machine: node :3000, python :8000 Add both": one is taken by its name, all by the words; nothing where nothing was found. */
export function FoundServers({ servers, verb, onTake, taken }: FoundServersProps) {
  const [all, setAll] = useState(false);
  if (servers.length === 0) return null;
  const shown = all ? servers : shownOf(servers);
  const isTaken = (server: FoundServer) => taken?.servers.includes(server) ?? false;
  const free = servers.filter((server) => !isTaken(server));
  return (
    <div className={styles['found']} role="group" aria-label="Found on this machine">
      <span>Found on this machine:</span>
      {shown.map((server) => (
        <button
          key={server.address}
          type="button"
          className={`mono ${styles['one']}`}
          aria-label={`${verb} ${nameOf(server)}`}
          aria-pressed={taken && isTaken(server)}
          title={`${isTaken(server) ? 'Do not ' : ''}${isTaken(server) ? verb.toLowerCase() : verb} ${server.address} (${server.program}, pid ${server.pid})`}
          onClick={() => (isTaken(server) ? taken?.onGiveBack(server) : onTake([server]))}
        >
          {isTaken(server) ? <Check size={12} strokeWidth={2} aria-hidden="true" /> : null}
          {nameOf(server)}
        </button>
      ))}
      {servers.length > shown.length ? (
        <button type="button" className={styles['take']} onClick={() => setAll(true)}>
          {servers.length - shown.length} more
        </button>
      ) : null}
      {free.length > 1 ? (
        <button type="button" className={styles['take']} onClick={() => onTake(free)}>
          {allOf(verb, free.length)}
        </button>
      ) : null}
    </div>
  );
}
