import { type ReactNode, useState } from 'react';
import type { PoolConfig } from '../../../../shared/model/config.ts';
import type { CheckResult } from '../../../../shared/model/state.ts';
import { errorMessage } from '../../../bridge/client.ts';
import { useClient } from '../../../bridge/context.tsx';
import { useLock, useStores } from '../../../stores/context.tsx';
import { Button, ButtonLink } from '../../../ui/button.tsx';
import { stateLooks } from '../../../ui/effective-state.ts';
import { formatClock, formatCount, formatDuration, formatMs, formatRate, missing } from '../../../ui/format.ts';
import { LongName } from '../../../ui/long-name.tsx';
import { StateRing } from '../../../ui/state-ring.tsx';
import { InspectorBody, InspectorFoot, Section } from '../../../ui/inspector.tsx';
import { arrivalsOf, arrivalWords } from '../arrivals.ts';
import { clientLabel } from '../client-label.ts';
import type { Block, Lane, LiveModel } from '../live-model.ts';
import { ModeControl } from '../mode-control.tsx';
import { drainProgress } from '../node-words.ts';
import { Sparkline } from '../sparkline.tsx';
import { checkWords, detectMs } from '../check-words.ts';
import { useSetMode } from '../use-set-mode.ts';
import { DrainSection } from './drain-section.tsx';
import { FactList, MapInspectorHead, titleLine } from './parts.tsx';
import css from './inspector.module.css';

const bars = 43;
const minuteMs = 60_000;

const seconds = (ms: number) => `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;

function CheckBars({ checks }: { checks: readonly CheckResult[] }) {
  const shown = checks.slice(-bars);
  const largest = Math.max(1, ...shown.filter((c) => c.ok).map((c) => c.durationMs));
  return (
    <svg className={css['bars']} viewBox={`0 0 ${bars * 6 - 2} 34`} preserveAspectRatio="none" aria-hidden="true">
      {shown.map((check, i) => {
        const height = check.ok ? 4 + 24 * Math.min(1, check.durationMs / largest) : 32;
        const x = (bars - shown.length + i) * 6;
        return check.ok ? (
          <rect
            key={check.time}
            x={x}
            y={34 - height}
            width="4"
            height={height}
            rx="1"
            fill="var(--muted)"
            opacity={i === shown.length - 1 ? 1 : 0.55}
          />
        ) : (
          <rect key={check.time} x={x + 0.5} y={34 - height + 0.5} width="3" height={height - 1} fill="none" stroke="var(--st-down)" />
        );
      })}
    </svg>
  );
}

function Evidence({ lane, config, now }: { lane: Lane; config: PoolConfig; now: number }) {
  const { checks } = useStores();
  const { node } = lane;
  const check = config.healthCheck;
  const history = checks.of(lane.key);
  const last = node.lastCheck;
  const streak =
    node.streak === 0
      ? 'none yet'
      : node.streak > 0
        ? `${formatCount(node.streak)} passed in a row`
        : `${formatCount(-node.streak)} failed in a row`;
  // The engine's newest word and the newest tick are up to half a second apart.
  const nextMs = node.nextCheckAt === null ? null : Math.min(check.intervalMs, node.nextCheckAt - now);
  const detect = detectMs(check);
  return (
    <Section title="Evidence" aside={checkWords(check)}>
      {history.length > 1 ? <CheckBars checks={history} /> : null}
      <FactList
        facts={[
          [
            'Last check',
            last
              ? `${last.ok ? last.detail.replace(/^HTTP /, '') : last.detail}${last.ok ? ` in ${formatMs(last.durationMs)} ms` : ''}, ${formatClock(last.time)}`
              : missing,
          ],
          ['Streak', streak],
          ['Next check', nextMs === null ? 'none planned' : nextMs <= 0 ? 'now' : `in ${seconds(nextMs)}`],
          ['Detects in', detect === undefined ? missing : `about ${seconds(detect)}`],
        ]}
      />
    </Section>
  );
}

/** Reasons said at most. */
const maxReasons = 6;

/** @param replayed a run does not hold how clients came to their nodes. */
function WhySection({ lane, replayed }: { lane: Lane; replayed: boolean }) {
  if (lane.count === 0) return null;
  const pinned = lane.clients.filter((c) => c.pinned);
  const pins = lane.counts?.pinned ?? pinned.length;
  const sticky = lane.pool.stickiness === 'http_cookie' ? 'Stay by cookie' : 'Stay by address';
  const facts: [string, ReactNode][] = [];
  if (lane.count > pins) facts.push([sticky, formatCount(lane.count - pins)]);
  if (pins > 0) {
    facts.push([
      'Pinned by you',
      <>
        {formatCount(pins)} <span className="mono muted">{pinned.slice(0, 2).map(clientLabel).join(' ')}</span>
      </>,
    ]);
  }
  const arrivals = lane.counts?.arrivals ?? arrivalsOf(lane.clients);
  return (
    <Section title="Why clients are here" aside={`${formatCount(lane.count)} ${lane.count === 1 ? 'client' : 'clients'}`}>
      <FactList facts={facts} />
      {replayed ? null : (
        <>
          <h4 className={css['subtitle']}>How they came</h4>
          <FactList facts={arrivals.slice(0, maxReasons).map((one) => [arrivalWords(one), formatCount(one.clients)])} />
          <p className="small">
            <a href={`#/clients/on/${encodeURIComponent(lane.pool.id)}/${encodeURIComponent(lane.node.id)}`}>All in Clients</a>
          </p>
        </>
      )}
    </Section>
  );
}

/** A node: its drain if it drains, the checks behind its state, its traffic, its clients, its connection. */
export function NodeInspector({ lane, block, model }: { lane: Lane; block: Block; model: LiveModel }) {
  const client = useClient();
  const { traffic } = useStores();
  const { node, pool, state, rates } = lane;
  const look = stateLooks[state];
  const [trying, setTrying] = useState(false);
  const [tried, setTried] = useState<{ text: string; ok: boolean } | null>(null);
  const { pending, error, set, effect } = useSetMode(pool.id, node.id);
  const locked = useLock();
  const config = block.config;
  const nodeConfig = config?.nodes.find((n) => n.id === node.id);
  const series = traffic.node(lane.key);
  const drain = state === 'draining' ? drainProgress(node, model.now) : undefined;
  const weights = pool.nodes.reduce((sum, n) => sum + n.weight, 0);
  const tls = nodeConfig?.tls;

  const tryNow = () => {
    if (!nodeConfig || !config) return;
    setTrying(true);
    setTried(null);
    client
      .request('check.try', { node: nodeConfig, healthCheck: config.healthCheck, proxyProtocol: config.proxyProtocol })
      .then((result) => setTried({ ok: result.ok, text: `${result.detail}${result.ok ? ` in ${formatMs(result.durationMs)} ms` : ''}` }))
      .catch((reason: unknown) => setTried({ ok: false, text: errorMessage(reason) }))
      .finally(() => setTrying(false));
  };

  return (
    <>
      <MapInspectorHead
        mark={<StateRing state={state} size={40} progress={drain?.share ?? 1} />}
        title={<LongName text={node.label} longest={titleLine} />}
      >
        <span className={state === 'down' ? 'fill-down' : look.className}>{look.word}</span>{' '}
        {state === 'draining' && node.drain ? `since ${formatClock(node.drain.since)}` : `for ${formatDuration(model.now - node.since)}`}
      </MapInspectorHead>
      <InspectorBody>
        {node.fault === null ? null : (
          <Section>
            <p className="small">
              <b>{node.fault}</b>. Evenkeel makes this up; the server itself knows nothing of it.
            </p>
          </Section>
        )}
        {state === 'down' || state === 'checking' ? (
          <Section>
            <p className="small">{node.reason}</p>
          </Section>
        ) : null}
        {state === 'draining' ? <DrainSection lane={lane} now={model.now} /> : null}
        <Section title="Mode">
          <ModeControl node={node.label} mode={node.mode} pending={pending} onChange={set} effect={effect} locked={locked} />
          <p className={`small muted ${css['modeWords']}`}>{effect(pending ?? node.mode)}</p>
        </Section>
        {config && state !== 'rejecting' ? <Evidence lane={lane} config={config} now={model.now} /> : null}
        <Section title="Traffic" aside="last 60 s">
          {series ? <Sparkline tall values={series.history(model.traffic.time, minuteMs, 60)} /> : null}
          <div className={`${css['quad']} num`}>
            <span>
              <b>{formatRate(rates?.requestsPerSecond)}</b>req/s
            </span>
            <span>
              <b>{formatMs(rates?.p50)} ms</b>p50
            </span>
            <span>
              <b>{formatMs(rates?.p95)} ms</b>p95
            </span>
            <span>
              <b>{formatMs(rates?.p99)} ms</b>p99
            </span>
          </div>
        </Section>
        <WhySection lane={lane} replayed={locked !== ''} />
        <Section title="Connection">
          <FactList
            facts={[
              ['Address', <span className={`mono ${css['whole']}`}>{node.address}</span>],
              [
                'Open now',
                `${formatCount(rates?.connections ?? node.connections)}${nodeConfig ? ` of ${nodeConfig.maxConnections ? formatCount(nodeConfig.maxConnections) : 'no limit'}` : ''}`,
              ],
              ['Weight', `${node.weight}, ${weights > 0 ? `${Math.round((100 * node.weight) / weights)} % of the pool` : ''}`],
              ['Errors', `${formatCount(node.errors)} of ${formatCount(node.requests)} requests`],
              [
                'TLS to node',
                !nodeConfig ? missing : tls ? (typeof tls === 'object' && !tls.verify ? 'on, not verified' : 'on, verified') : 'off',
              ],
            ]}
          />
        </Section>
      </InspectorBody>
      {error || tried ? (
        <p className={css['result']} role={tried?.ok ? 'status' : 'alert'}>
          {error || tried?.text}
        </p>
      ) : null}
      <InspectorFoot>
        {state === 'draining' ? (
          <>
            <Button small onClick={() => set('accept')} disabled={pending !== null || locked !== ''} title={locked || undefined}>
              Cancel the drain
            </Button>
            <span className="small muted">back to Accept</span>
          </>
        ) : (
          <>
            <Button
              small
              onClick={tryNow}
              title={locked || undefined}
              disabled={locked !== '' || trying || !nodeConfig || config?.healthCheck.type === 'none'}
            >
              {trying ? 'Checking' : 'Check now'}
            </Button>
            {locked ? null : (
              <ButtonLink small href={`#/pools/${encodeURIComponent(pool.id)}`}>
                Edit the pool
              </ButtonLink>
            )}
          </>
        )}
      </InspectorFoot>
    </>
  );
}
