import { useEffect } from 'react';
import { useLock } from '../../../stores/context.tsx';
import { Section } from '../../../ui/inspector.tsx';
import type { LiveModel, Selection } from '../live-model.ts';
import { ClientInspector } from './client-inspector.tsx';
import { ListenerInspector, PoolInspector } from './hub-inspectors.tsx';
import { NodeInspector } from './node-inspector.tsx';
import { closeInspector, MapInspectorHead } from './parts.tsx';
import { PastClientInspector } from './past-client-inspector.tsx';

/** What is known of the chosen thing, and the evidence for it. */
export function Inspector({ selection, model }: { selection: Selection; model: LiveModel }) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // A question over the window has the key first.
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) closeInspector();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <aside className="inspector" aria-label="Inspector">
      <Content selection={selection} model={model} />
    </aside>
  );
}

function Content({ selection, model }: { selection: Selection; model: LiveModel }) {
  const inReplay = useLock() !== '';
  if (selection.kind === 'node') {
    const lane = model.lanes.find((l) => l.pool.id === selection.pool && l.node.id === selection.id);
    const block = model.blocks.find((b) => b.pool.id === selection.pool);
    if (lane && block) return <NodeInspector key={lane.key} lane={lane} block={block} model={model} />;
  }
  if (selection.kind === 'pool') {
    const block = model.blocks.find((b) => b.pool.id === selection.id);
    if (block) return <PoolInspector block={block} />;
  }
  if (selection.kind === 'listener') {
    const block = model.blocks.find((b) => b.listeners.some((l) => l.id === selection.id));
    const listener = block?.listeners.find((l) => l.id === selection.id);
    if (block && listener) return <ListenerInspector listener={listener} block={block} model={model} />;
  }
  if (selection.kind === 'client') {
    const lane = model.lanes.find((l) => l.clients.some((c) => c.pool === selection.pool && c.key === selection.id));
    const client = lane?.clients.find((c) => c.pool === selection.pool && c.key === selection.id);
    if (lane && client && inReplay) return <PastClientInspector client={client} lane={lane} />;
    if (lane && client) return <ClientInspector key={client.key} client={client} lane={lane} now={model.now} />;
  }
  return (
    <>
      <MapInspectorHead title={<span className="ellipsis">{selection.id}</span>}>
        {selection.kind === 'client' ? 'Not remembered any more' : 'Not on the map'}
      </MapInspectorHead>
      <Section>
        <p className="small">
          {selection.kind === 'client'
            ? `No node has this client ${inReplay ? 'then' : 'now'}. It is placed anew with its next request.`
            : `There is no ${selection.kind} “${selection.id}” ${inReplay ? 'at that moment' : 'in what runs now'}: it was removed, renamed or is in a pool that is not shown.`}
        </p>
      </Section>
    </>
  );
}
