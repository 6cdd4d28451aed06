import { listenerUrl } from '../../../../shared/model/listener-url.ts';
import type { ListenerState } from '../../../../shared/model/state.ts';
import { useStores } from '../../../stores/context.tsx';
import { ButtonLink } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { poolWords, rollUp, stateLooks } from '../../../ui/effective-state.ts';
import { formatCount, formatDuration, formatMs, formatRate, missing } from '../../../ui/format.ts';
import { LongName } from '../../../ui/long-name.tsx';
import { MiddleTruncate } from '../../../ui/middle-truncate.tsx';
import { RollUpRing } from '../../../ui/rollup-ring.tsx';
import { StateRing } from '../../../ui/state-ring.tsx';
import { Hint, InspectorBody, InspectorFoot, Section } from '../../../ui/inspector.tsx';
import { algorithmWords, listenerWords, stickinessWords } from '../hub-cards.tsx';
import { type Block, type LiveModel, selectionHref } from '../live-model.ts';
import { Sparkline } from '../sparkline.tsx';
import { checkWords, detectMs } from '../check-words.ts';
import { FactList, MapInspectorHead, titleLine } from './parts.tsx';
import css from './inspector.module.css';

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

function NodeRows({ block }: { block: Block }) {
  return (
    <ul className={css['nodes']}>
      {block.lanes.map(({ key, node, state, count }) => (
        <li key={key}>
          <StateRing state={state} size={18} />
          <a href={selectionHref({ kind: 'node', pool: block.pool.id, id: node.id })}>
            <MiddleTruncate text={node.label} keep={7} />
          </a>
          {state === 'healthy' ? null : (
            <span className={state === 'down' ? 'fill-down' : stateLooks[state].className}>{stateLooks[state].word}</span>
          )}
          <span className="muted num">{formatCount(count)} clients</span>
        </li>
      ))}
    </ul>
  );
}

/** A listener: where it is bound, what it serves and what came of it. */
export function ListenerInspector({ listener, block, model }: { listener: ListenerState; block: Block; model: LiveModel }) {
  const { traffic } = useStores();
  const { word, alarm } = listenerWords(listener, block.pool);
  const rates = model.traffic.listeners.get(listener.id);
  const series = traffic.listener(listener.id);
  return (
    <>
      <MapInspectorHead
        mark={<RollUpRing rollUp={rollUp(block.pool.nodes, listener.state === 'up' && block.pool.available > 0)} size={40} />}
        title={<LongName text={listener.name} longest={titleLine} />}
      >
        <span className={alarm ? 'fill-down' : undefined}>{word}</span>
        {listener.state === 'up' && !alarm ? `, open for ${formatDuration(model.now - listener.since)}` : ''}
      </MapInspectorHead>
      <InspectorBody>
        {listener.reason ? (
          <Section>
            <p className="small">{listener.reason}</p>
          </Section>
        ) : null}
        <Section title="Traffic" aside="last 60 s">
          {series ? <Sparkline tall values={series.history(model.traffic.time, 60_000, 60)} /> : null}
          <div className={`${css['quad']} num`}>
            <span>
              <b>{formatRate(rates?.requestsPerSecond)}</b>req/s
            </span>
            <span>
              <b>{formatMs(model.traffic.total.p50)} ms</b>p50
            </span>
            <span>
              <b>{formatMs(model.traffic.total.p95)} ms</b>p95
            </span>
            <span>
              <b>{formatMs(model.traffic.total.p99)} ms</b>p99
            </span>
          </div>
          {model.traffic.listeners.size > 1 ? (
            <Hint>Times are of all {formatCount(model.traffic.listeners.size)} listeners together.</Hint>
          ) : null}
        </Section>
        <Section title="Listener">
          <FactList
            facts={[
              [
                'Address',
                listener.state === 'up' && listener.protocol !== 'tcp' ? (
                  <a
                    className={`mono ${css['whole']}`}
                    href={listenerUrl(listener)}
                    target="_blank"
                    rel="noreferrer"
                    title="Open it in a browser"
                  >
                    {listener.address}
                  </a>
                ) : (
                  <span className={`mono ${css['whole']}`}>{listener.address}</span>
                ),
              ],
              ['Protocol', listener.protocol],
              ['Pool', <a href={selectionHref({ kind: 'pool', id: block.pool.id })}>{block.pool.name}</a>],
              ['Open now', formatCount(rates?.connections ?? listener.connections)],
              ['Requests', formatCount(listener.requests)],
              ['Errors', `${formatCount(listener.errors)} seen by clients`],
              ['Retried', `${formatCount(listener.retried)} on another node`],
              ['In, out', `${bytes(listener.bytesIn)}, ${bytes(listener.bytesOut)}`],
            ]}
          />
        </Section>
      </InspectorBody>
      <InspectorFoot>
        <ButtonLink small href={`#/listeners/${encodeURIComponent(listener.id)}`}>
          Edit the listener
        </ButtonLink>
        <CopyButton text={listenerUrl(listener)}>Copy its address</CopyButton>
      </InspectorFoot>
    </>
  );
}

/** A pool: how it balances, how it checks, and its nodes. */
export function PoolInspector({ block }: { block: Block }) {
  const { pool, config } = block;
  const rate = block.lanes.reduce((sum, lane) => sum + (lane.rates?.requestsPerSecond ?? 0), 0);
  const detect = config ? detectMs(config.healthCheck) : undefined;
  return (
    <>
      <MapInspectorHead
        mark={<RollUpRing rollUp={rollUp(pool.nodes, pool.available > 0)} size={40} />}
        title={<LongName text={pool.name} longest={titleLine} />}
      >
        {poolWords(pool)}
      </MapInspectorHead>
      <InspectorBody>
        <Section title="Nodes" aside={`${pool.available} ${pool.available === 1 ? 'takes' : 'take'} new clients`}>
          <NodeRows block={block} />
        </Section>
        <Section title="Balancing">
          <FactList
            facts={[
              ['Algorithm', algorithmWords[pool.algorithm]],
              ['Stickiness', stickinessWords[pool.stickiness]],
              ['Requests', `${formatRate(rate)} req/s`],
              ['Clients', formatCount(block.lanes.reduce((sum, lane) => sum + lane.count, 0))],
              ['Retries', config ? `${config.retries} at most` : missing],
            ]}
          />
        </Section>
        {config ? (
          <Section title="Health checks" aside={checkWords(config.healthCheck)}>
            <FactList
              facts={
                config.healthCheck.type === 'none'
                  ? [['State', 'from live traffic only']]
                  : [
                      ['Every', `${config.healthCheck.intervalMs / 1_000} s`],
                      ['Down after', `${config.healthCheck.attempts} failed`],
                      ['Back after', `${config.healthCheck.rise} passed`],
                      ['Detects in', detect === undefined ? missing : `about ${(detect / 1_000).toFixed(1)} s`],
                    ]
              }
            />
          </Section>
        ) : null}
      </InspectorBody>
      <InspectorFoot>
        <ButtonLink small href={`#/pools/${encodeURIComponent(pool.id)}`}>
          Edit the pool
        </ButtonLink>
      </InspectorFoot>
    </>
  );
}
