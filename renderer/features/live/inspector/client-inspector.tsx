import type { Client } from '../../../../shared/model/metrics.ts';
import { ButtonLink } from '../../../ui/button.tsx';
import { formatClock, formatCount, formatDuration } from '../../../ui/format.ts';
import { InspectorBody, InspectorFoot, Section } from '../../../ui/inspector.tsx';
import { clientLabel } from '../client-label.ts';
import { type Lane, selectionHref } from '../live-model.ts';
import { ClientMoves } from './client-moves.tsx';
import { FactList, MapInspectorHead } from './parts.tsx';
import css from './inspector.module.css';

/** A client: where it is, since when, and how it came there. */
export function ClientInspector({ client, lane, now }: { client: Client; lane: Lane; now: number }) {
  return (
    <>
      <MapInspectorHead title={clientLabel(client)} look="mono">
        by {client.kind}, on <b>{lane.node.label}</b> since {formatClock(client.since)}
      </MapInspectorHead>
      <InspectorBody>
        <Section title="Client">
          <FactList
            facts={[
              [client.kind === 'address' ? 'Address' : 'Key', <span className={`mono ${css['whole']}`}>{client.key}</span>],
              ['Node', <a href={selectionHref({ kind: 'node', pool: client.pool, id: client.node })}>{lane.node.label}</a>],
              ['Pool', lane.pool.name],
              ['Pinned', client.pinned ? 'yes, by you' : 'no'],
              ['Requests', formatCount(client.requests)],
              ['Last seen', `${formatDuration(now - client.lastSeen)} ago`],
              ['Moves', formatCount(client.moves)],
              ['Forgotten', client.expiresAt === null ? 'not by time' : `in ${formatDuration(client.expiresAt - now)}`],
            ]}
          />
        </Section>
        <ClientMoves client={client} pool={lane.pool} formatTime={formatClock} />
      </InspectorBody>
      <InspectorFoot>
        <ButtonLink small href={`#/clients/${encodeURIComponent(client.pool)}/${encodeURIComponent(client.key)}`}>
          Open in Clients
        </ButtonLink>
      </InspectorFoot>
    </>
  );
}
