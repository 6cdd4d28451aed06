import type { Client } from '../../../../shared/model/metrics.ts';
import { formatClockTenths, formatCount } from '../../../ui/format.ts';
import { InspectorBody, Section } from '../../../ui/inspector.tsx';
import { clientLabel } from '../client-label.ts';
import { ClientMoves } from './client-moves.tsx';
import type { Lane } from '../live-model.ts';
import { FactList, MapInspectorHead } from './parts.tsx';
import css from './inspector.module.css';

/** A client of a replay: where it was, and how it came there. Its requests were not recorded one by one. */
export function PastClientInspector({ client, lane }: { client: Client; lane: Lane }) {
  return (
    <>
      <MapInspectorHead title={clientLabel(client)} look="mono">
        by {client.kind}, then on <b>{lane.node.label}</b>
      </MapInspectorHead>
      <InspectorBody>
        <Section title="Client, then">
          <FactList
            facts={[
              [client.kind === 'address' ? 'Address' : 'Key', <span className={`mono ${css['whole']}`}>{client.key}</span>],
              ['Node', lane.node.label],
              ['Pool', lane.pool.name],
              ['Pinned', client.pinned ? 'yes' : 'no'],
              ['Moves in this run', formatCount(client.moves)],
            ]}
          />
        </Section>
        <ClientMoves client={client} pool={lane.pool} formatTime={formatClockTenths} />
      </InspectorBody>
    </>
  );
}
