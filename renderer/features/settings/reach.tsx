import type { AppInfo } from '../../../shared/contract/contract.ts';
import type { ListenerConfig } from '../../../shared/model/config.ts';
import { formatHostPort } from '../../../shared/model/address.ts';
import { useConfig } from '../../stores/context.tsx';
import { missing } from '../../ui/format.ts';
import { FactList, PageSection } from '../../ui/page-section.tsx';
import styles from './settings.module.css';

/** Whether only programs on this machine reach an address. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || host.startsWith('127.');
}

function Screens({ info }: { info: AppInfo | null }) {
  if (!info) return missing;
  if (info.host === 'desktop') return 'In this window only: no port is open for the screens or the control API.';
  const { host, hostname } = window.location;
  return isLoopbackHost(hostname) ? (
    <>
      Only from this machine, at <span className="mono">{host}</span>.
    </>
  ) : (
    <>
      <b>From the network</b>, at <span className="mono">{host}</span>. Who has the token can see and change everything, and the connection
      is not encrypted.
    </>
  );
}

const where = (listener: ListenerConfig) =>
  listener.host === '0.0.0.0' || listener.host === '::' ? 'every address of this machine' : 'an address of this machine';

/** Who can reach the screens and the listeners. Off means: nobody but programs on this machine. */
export function Reach({ info }: { info: AppInfo | null }) {
  const listeners = useConfig((s) => s.config.listeners);
  const open = listeners.filter((listener) => listener.enabled && !isLoopbackHost(listener.host));
  return (
    <PageSection id="reach" title="Reachable from the network">
      <p className={styles['lead']}>Off unless you ask for it: what is made here is first reachable from this machine alone.</p>
      <FactList>
        <dt>Listeners</dt>
        <dd>
          {open.length === 0 ? (
            'None is. Each has a field “Reachable from” in its editor.'
          ) : (
            <ul className={styles['list']}>
              {open.map((listener) => (
                <li key={listener.id}>
                  <a href={`#/listeners/${encodeURIComponent(listener.id)}`}>{listener.name ?? listener.id}</a> at{' '}
                  <span className="mono">{formatHostPort(listener.host, listener.port)}</span>, {where(listener)}
                </li>
              ))}
            </ul>
          )}
          <p className={styles['small']}>
            Whoever reaches a listener reaches your nodes through it. A firewall of this machine may still stand in between.
          </p>
        </dd>
        <dt>Screens and API</dt>
        <dd>
          <Screens info={info} />
          {info?.host === 'headless' ? (
            <p className={styles['small']}>
              Set where the program is started, with <span className="mono">--ui HOST:PORT</span>. It cannot be changed while it runs.
            </p>
          ) : null}
        </dd>
      </FactList>
    </PageSection>
  );
}
