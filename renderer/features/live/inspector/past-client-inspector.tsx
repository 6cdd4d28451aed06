import type { Client } from '../../../../shared/model/metrics.ts';
import { formatClockTenths, formatCount } from '../../../ui/format.ts';
import { clientLabel } from '../client-label.ts';
import { ClientMoves } from './client-moves.tsx';
import type { Lane } from '../live-model.ts';
import { Facts, InspectorHead, Section } from './parts.tsx';
import css from './inspector.module.css';

/** A client of a replay: where it was, and how it came there. Its requests were not recorded one by one. */
export function PastClientInspector({ client, lane }: { client: Client; lane: Lane }) {
  return (
    <>
      <InspectorHead title={<span className={css['key']}>{clientLabel(client)}</span>}>
        by {client.kind}, then on <b className={css['strong']}>{lane.node.label}</b>
      </InspectorHead>
      <div className={css['body']}>
        <Section title="Client, then">
          <Facts
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
      </div>
    </>
  );
}
