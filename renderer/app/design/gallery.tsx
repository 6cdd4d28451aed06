import { Copy, Plus, Search } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { ClientProvider } from '../../bridge/context.tsx';
import { ClientGroup } from '../../features/live/client-group.tsx';
import { ListenerCard, PoolCard } from '../../features/live/hub-cards.tsx';
import { ModeControl } from '../../features/live/mode-control.tsx';
import { ModeMenu } from '../../features/live/mode-menu.tsx';
import { NodeCard } from '../../features/live/node-card.tsx';
import { ChangeBar } from '../../forms/change-bar.tsx';
import { StoresProvider } from '../../stores/context.tsx';
import type { Stores } from '../../stores/stores.ts';
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { type EffectiveState, poolWords, rollUp, stateLooks } from '../../ui/effective-state.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { missing } from '../../ui/format.ts';
import { Fact, Facts, Hint, InspectorBody, InspectorFoot, InspectorHead, Section } from '../../ui/inspector.tsx';
import { LivePill } from '../../ui/live-pill.tsx';
import { MiddleTruncate } from '../../ui/middle-truncate.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { FactList, PageSection } from '../../ui/page-section.tsx';
import { PausedNote } from '../../ui/paused-note.tsx';
import { RollUpRing } from '../../ui/rollup-ring.tsx';
import { modeChoices, Segmented } from '../../ui/segmented.tsx';
import { FilterSelect, Select } from '../../ui/select.tsx';
import { StaleNote } from '../../ui/stale-note.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { CellItems, NodeInCell, Row, RowLink, Table, TableFoot, TableScroll, Td, Th } from '../../ui/table.tsx';
import { Tag } from '../../ui/tag.tsx';
import { NumberField, TextArea, TextField } from '../../ui/text-field.tsx';
import { Toast } from '../../ui/toast.tsx';
import { Checkbox, Switch } from '../../ui/toggle.tsx';
import { Unread } from '../../ui/unread.tsx';
import { ReplayBanner } from '../replay/replay-banner.tsx';
import styles from './design.module.css';
import { Part, Specimen } from './specimen.tsx';
import { draftStores, galleryWorld, type GalleryWorld, replayStores } from './world.ts';

const nothing = () => {};
const states = Object.keys(stateLooks) as EffectiveState[];
const longName = 'billing-worker-eu-central-2';
const ipv6 = '[2001:db8:85a3:8d3:1319:8a2e:370:7334]:9001';

const grounds = ['bg', 'surface', 'surface-2', 'surface-3', 'line', 'line-strong', 'control', 'text', 'muted'];

function Tokens() {
  return (
    <Part name="Colours" note="Neutral everywhere; colour belongs to observed state.">
      <ul className={styles['swatches']}>
        {[...grounds, ...states.map((state) => `st-${state}`)].map((name) => (
          <li key={name}>
            <div className={styles['swatch']} style={{ background: `var(--${name})` }} />
            {name}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Rings({ world }: { world: GalleryWorld }) {
  const nodes = world.pool.nodes;
  const [healthy, checking, down, draining, backup] = nodes as [(typeof nodes)[0], ...typeof nodes];
  const rollUps = [
    [healthy, healthy, healthy],
    [healthy, healthy, checking!],
    [healthy, healthy, draining!],
    [healthy, healthy, down!],
    [down!, down!, down!],
    [...Array.from({ length: 6 }, () => healthy), draining!, backup!],
    Array.from({ length: 200 }, (_, i) => (i % 40 === 0 ? down! : healthy)),
    [],
  ];
  return (
    <>
      <Part name="State ring" note="Ring, glyph, word and colour together; down is the only filled word.">
        {states.map((state) => (
          <Specimen key={state} state={state}>
            <span className={styles['words']}>
              <StateRing state={state} progress={state === 'draining' ? 0.7 : 1} />
              <span className={state === 'down' ? 'fill-down' : stateLooks[state].className}>{stateLooks[state].word}</span>
            </span>
          </Specimen>
        ))}
        <Specimen state="small, 14 and 20 px">
          <span className={styles['words']}>
            {states.map((state) => (
              <StateRing key={state} state={state} size={14} label={stateLooks[state].word} />
            ))}
            {states.map((state) => (
              <StateRing key={state} state={state} size={20} label={stateLooks[state].word} />
            ))}
          </span>
        </Specimen>
      </Part>
      <Part name="Roll-up ring" note="One arc a node; its glyph is never better than the worst of them.">
        {rollUps.map((some, i) => {
          const available = some.filter((node) => node.state !== 'down' && node.mode === 'accept').length;
          return (
            <Specimen key={i} state={poolWords({ available, nodes: some })}>
              <RollUpRing rollUp={rollUp(some, available > 0)} size={40} />
            </Specimen>
          );
        })}
      </Part>
    </>
  );
}

function Buttons() {
  const looks = ['primary', 'plain', 'quiet'] as const;
  return (
    <Part name="Button">
      {looks.map((look) => (
        <Specimen key={look} state={`${look}: rest`}>
          <Button look={look}>Apply</Button>
        </Specimen>
      ))}
      {looks.flatMap((look) =>
        (['hover', 'active', 'focus'] as const).map((show) => (
          <Specimen key={`${look} ${show}`} state={`${look}: ${show}`} show={show}>
            <Button look={look}>Apply</Button>
          </Specimen>
        )),
      )}
      {looks.map((look) => (
        <Specimen key={look} state={`${look}: disabled`}>
          <Button look={look} disabled>
            Apply
          </Button>
        </Specimen>
      ))}
      <Specimen state="busy">
        <Button look="primary" disabled aria-busy="true">
          Applying…
        </Button>
      </Specimen>
      <Specimen state="small: pressed, as a filter is">
        <Button small aria-pressed="true">
          Moved only
        </Button>
      </Specimen>
      <Specimen state="small, with an icon">
        <Button small>
          <Plus size={12} aria-hidden="true" />
          Add a node
        </Button>
      </Specimen>
      <Specimen state="a link">
        <ButtonLink small href="#/design">
          Edit the pool
        </ButtonLink>
      </Specimen>
      <Specimen state="icon only">
        <IconButton label="Copy" icon={<Copy size={14} aria-hidden="true" />} />
      </Specimen>
      <Specimen state="icon only: focus" show="focus">
        <IconButton label="Copy" icon={<Copy size={14} aria-hidden="true" />} />
      </Specimen>
      <Specimen state="says that it copied">
        <CopyButton text="curl http://127.0.0.1:8080/">Copy as curl</CopyButton>
      </Specimen>
    </Part>
  );
}

function Fields() {
  const [text, setText] = useState('api.example.com');
  const [number, setNumber] = useState<number | string>(5_000);
  const choices = [
    { value: 'roundrobin', label: 'Round robin' },
    { value: 'leastconn', label: 'Least connections' },
  ];
  const [choice, setChoice] = useState('roundrobin');
  const field = { className: styles['field'], value: text, onChange: setText };
  const select = { className: styles['field'], value: choice, onChange: setChoice, choices };
  return (
    <>
      <Part name="Text field" note="An error stands by its field, with an icon.">
        <Specimen state="rest">
          <TextField {...field} label="Host" />
        </Specimen>
        <Specimen state="focus" show="focus">
          <TextField {...field} label="Host" />
        </Specimen>
        <Specimen state="changed, with a hint">
          <TextField {...field} label="Host" changed hint="Sent in the Host header." />
        </Specimen>
        <Specimen state="error">
          <TextField {...field} label="Weight" value="300" error="Weight must be 1 to 255. 300 is too high." />
        </Specimen>
        <Specimen state="disabled">
          <TextField {...field} label="Host" disabled />
        </Specimen>
        <Specimen state="a number in its unit">
          <NumberField className={styles['field']} label="Interval" unit="s" scale={1_000} value={number} onChange={setNumber} />
        </Specimen>
        <Specimen state="a search, small">
          <TextField
            {...field}
            label="Find a client"
            hideLabel
            small
            type="search"
            value=""
            placeholder="Find a client"
            icon={<Search size={14} aria-hidden="true" />}
          />
        </Specimen>
        <Specimen state="several lines">
          <TextArea className={styles['field']} label="Addresses" mono value={`3000\n${ipv6}`} onChange={nothing} />
        </Specimen>
        <Specimen state="several lines: error">
          <TextArea className={styles['field']} label="Addresses" value="" onChange={nothing} error="Name at least one server." />
        </Specimen>
      </Part>
      <Part name="Select">
        <Specimen state="rest">
          <Select {...select} label="Algorithm" />
        </Specimen>
        <Specimen state="focus" show="focus">
          <Select {...select} label="Algorithm" />
        </Specimen>
        <Specimen state="error">
          <Select {...select} label="Pool" error="This pool was removed." />
        </Specimen>
        <Specimen state="disabled">
          <Select {...select} label="Algorithm" disabled />
        </Specimen>
        <Specimen state="a filter">
          <FilterSelect
            label="Filter by node"
            value={choice}
            onChange={setChoice}
            choices={[{ value: 'roundrobin', label: 'Node: any' }, choices[1]!]}
          />
        </Specimen>
      </Part>
    </>
  );
}

function Choices() {
  const [mode, setMode] = useState<string>('accept');
  const [on, setOn] = useState(true);
  return (
    <>
      <Part name="Segmented">
        <Specimen state="rest">
          <Segmented fit label="Mode" choices={modeChoices} value={mode} onChange={setMode} />
        </Specimen>
        <Specimen state="hover" show="hover" on="label:last-of-type">
          <Segmented fit label="Mode" choices={modeChoices} value={mode} onChange={setMode} />
        </Specimen>
        <Specimen state="focus" show="focus" on="input:checked">
          <Segmented fit label="Mode" choices={modeChoices} value={mode} onChange={setMode} />
        </Specimen>
        <Specimen state="disabled">
          <Segmented fit label="Mode" choices={modeChoices} value={mode} onChange={setMode} disabled />
        </Specimen>
        <Specimen state="tall">
          <Segmented fit tall label="Mode" choices={modeChoices} value={mode} onChange={setMode} />
        </Specimen>
      </Part>
      <Part name="Switch and checkbox">
        {(['on', 'off'] as const).map((word) => (
          <Specimen key={word} state={word}>
            <Switch label="Passive checks" checked={word === 'on' ? on : !on} onChange={(next) => setOn(word === 'on' ? next : !next)} />
          </Specimen>
        ))}
        <Specimen state="focus" show="focus">
          <Switch label="Passive checks" checked={on} onChange={setOn} />
        </Specimen>
        <Specimen state="disabled">
          <Switch label="Passive checks" checked disabled onChange={nothing} />
        </Specimen>
        <Specimen state="changed, with a hint">
          <Switch label="Keep the last node" changed hint="A change that leaves none is refused." checked={on} onChange={setOn} />
        </Specimen>
        <Specimen state="checkbox">
          <Checkbox label="localhost" checked={on} onChange={setOn} />
        </Specimen>
        <Specimen state="checkbox: off">
          <Checkbox label="127.0.0.1" checked={!on} onChange={(next) => setOn(!next)} />
        </Specimen>
      </Part>
    </>
  );
}

function MapParts({ world }: { world: GalleryWorld }) {
  const { lanes, pool, now } = world;
  const listener = {
    ...{ id: 'web', name: 'Web', protocol: 'http' as const, address: '127.0.0.1:8080', pool: 'web', since: now, state: 'up' as const },
    ...{ reason: '', connections: 36, requests: 0, retried: 0, errors: 0, bytesIn: 0, bytesOut: 0 },
  };
  const faulty = { ...lanes[0]!, node: { ...lanes[0]!.node, fault: 'DEMO: slow, 1,200 ms, and 100 % answered 503' } };
  const bind = 'Port 8080 is used by another program (node, pid 4121).';
  const history = Float64Array.from({ length: 30 }, (_, i) => 40 + 6 * Math.sin(i / 3));
  const effect = (mode: string) => `New clients ${mode === 'accept' ? 'come here again' : 'go to api-2 and api-3'}.`;
  const mode = { node: 'api-1', mode: 'accept', pending: null, onChange: nothing, effect } as const;
  const group = { packed: false, now, left: undefined, came: undefined, search: '', selected: null, onSelect: nothing };
  const many = {
    ...lanes[0]!,
    clients: Array.from({ length: 180 }, (_, i) => ({ ...lanes[0]!.clients[i % 5]!, key: `many-${i}`, pinned: i === 3 })),
    count: 180,
    active: 144,
  };
  return (
    <>
      <Part name="Node card" note="Mode is neutral, state has the colour.">
        {lanes.map((lane, i) => (
          <Specimen key={lane.key} state={i === 6 ? 'a long name and IPv6' : stateLooks[lane.state].word}>
            <div className={styles['card']}>
              <NodeCard lane={lane} now={now} selected={false} size="full" history={history} />
            </div>
          </Specimen>
        ))}
        <Specimen state="chosen">
          <div className={styles['card']}>
            <NodeCard lane={lanes[0]!} now={now} selected size="full" history={history} />
          </div>
        </Specimen>
        {[0, 2, 6].map((i) => (
          <Specimen key={i} state={`compact: ${i === 6 ? 'a long name' : stateLooks[lanes[i]!.state].word}`}>
            <div className={styles['card']}>
              <NodeCard lane={lanes[i]!} now={now} selected={false} size="compact" history={history} />
            </div>
          </Specimen>
        ))}
        {(['snug', 'short', 'tight', 'row'] as const).map((size) => (
          <Specimen key={size} state={`where there is less room: ${size}`}>
            <div className={styles['card']}>
              <NodeCard lane={lanes[2]!} now={now} selected={false} size={size} history={history} />
            </div>
          </Specimen>
        ))}
        <Specimen state="with a fault that is made up">
          <div className={styles['card']}>
            <NodeCard lane={faulty} now={now} selected={false} size="full" history={history} />
          </div>
        </Specimen>
        <Specimen state="the same, compact">
          <div className={styles['card']}>
            <NodeCard lane={faulty} now={now} selected={false} size="compact" history={history} />
          </div>
        </Specimen>
      </Part>
      <Part name="Mode control" note="Says what a mode does before it is set.">
        <Specimen state="rest">
          <div className={styles['card']}>
            <ModeControl {...mode} />
          </div>
        </Specimen>
        <Specimen state="focus" show="focus" on="[aria-checked=true]">
          <div className={styles['card']}>
            <ModeControl {...mode} />
          </div>
        </Specimen>
        <Specimen state="busy: asked for Drain">
          <div className={styles['card']}>
            <ModeControl {...mode} pending="drain" />
          </div>
        </Specimen>
        <Specimen state="compact">
          <div className={styles['card']}>
            <ModeControl {...mode} mode="reject" compact />
          </div>
        </Specimen>
        <Specimen state="in the smallest card: a list">
          <ModeMenu {...mode} />
        </Specimen>
        <Specimen state="focus" show="focus">
          <ModeMenu {...mode} mode="drain" />
        </Specimen>
      </Part>
      <Part name="Listener and pool" note="Never green over a failing child.">
        <Specimen state="serving, a node down">
          <ListenerCard listener={listener} pool={pool} connections={36} selected={false} />
        </Specimen>
        <Specimen state="chosen">
          <ListenerCard listener={listener} pool={{ ...pool, nodes: [pool.nodes[0]!] }} connections={36} selected />
        </Specimen>
        <Specimen state="cannot be opened">
          <div className={styles['hub']}>
            <ListenerCard listener={{ ...listener, state: 'error', reason: bind }} pool={pool} connections={0} selected={false} />
          </div>
        </Specimen>
        <Specimen state="off">
          <ListenerCard listener={{ ...listener, state: 'disabled' }} pool={pool} connections={0} selected={false} />
        </Specimen>
        <Specimen state="pool">
          <PoolCard pool={pool} selected={false} />
        </Specimen>
      </Part>
      <Part name="Clients" note="At rest, idle, just moved, pinned; a square each above 150.">
        <Specimen state="chips">
          <div className={styles['card']}>
            <ClientGroup {...group} lane={lanes[0]!} />
          </div>
        </Specimen>
        <Specimen state="one found, one chosen">
          <div className={styles['card']}>
            <ClientGroup {...group} lane={lanes[0]!} search="71be" selected="web/e71100aa" />
          </div>
        </Specimen>
        <Specimen state="left and going">
          <div className={styles['card']}>
            <ClientGroup
              {...group}
              lane={{ ...lanes[2]!, clients: [], count: 0 }}
              left={{
                count: 14,
                to: new Map([
                  ['n1', 7],
                  ['n2', 7],
                ]),
                at: now,
              }}
            />
          </div>
        </Specimen>
        <Specimen state="packed">
          <div className={styles['card']}>
            <ClientGroup {...group} packed lane={many} />
          </div>
        </Specimen>
        <Specimen state="counted, ten to a square">
          <div className={styles['card']}>
            <ClientGroup
              {...group}
              packed
              perSquare={10}
              lane={{ ...many, clients: many.clients.slice(3, 4), count: 2_614, active: 1_900 }}
            />
          </div>
        </Specimen>
        <Specimen state="empty">
          <div className={styles['card']}>
            <ClientGroup {...group} lane={lanes[4]!} />
          </div>
        </Specimen>
      </Part>
    </>
  );
}

function Banners({ now }: { now: number }) {
  const [paused, setPaused] = useState(false);
  return (
    <Part name="Live and paused" note="Outlined with a dot, inverted with a bar: also told apart without colour.">
      <Specimen state="live">
        <LivePill paused={paused} onToggle={() => setPaused(!paused)} />
      </Specimen>
      <Specimen state="paused">
        <LivePill paused={!paused} onToggle={() => setPaused(!paused)} />
      </Specimen>
      <Specimen state="nothing is heard">
        <LivePill paused={paused} stale onToggle={() => setPaused(!paused)} />
      </Specimen>
      <Specimen state="focus" show="focus">
        <LivePill paused={paused} onToggle={() => setPaused(!paused)} />
      </Specimen>
      <Specimen wide state="the bar while the view stands still">
        <PausedNote since={now}>Traffic goes on: 1,207 requests since, 0 errors.</PausedNote>
      </Specimen>
      <Specimen wide state="numbers that cannot be renewed">
        <StaleNote problem="Evenkeel does not answer." />
      </Specimen>
    </Part>
  );
}

function Replays({ theme, now }: { theme: string; now: number }) {
  const shown = useMemo(
    (): [string, Stores, boolean][] => [
      ['over the map, with the moment as a slider', replayStores(now, false), false],
      ['playing, over the Timeline, whose lanes are the slider', replayStores(now, true), true],
    ],
    [now],
  );
  return (
    <Part name="Replay banner" note="Striped, its label inverted: nothing live and nothing paused looks like it.">
      {shown.map(([name, stores, onTimeline]) => (
        <Specimen key={name} wide state={name}>
          <div className={`${styles['frame']} ${styles['asWide']}`}>
            <StoresProvider stores={stores}>
              <ReplayBanner onTimeline={onTimeline} label={`Replay, ${name}, ${theme}`} />
            </StoresProvider>
          </div>
        </Specimen>
      ))}
    </Part>
  );
}

function Tables({ theme }: { theme: string }) {
  const rows: { name: string; address: string; state: EffectiveState; rate: string }[] = [
    { name: 'api-1', address: '127.0.0.1:9001', state: 'healthy', rate: '44' },
    { name: 'api-3', address: '127.0.0.1:9003', state: 'down', rate: missing },
    { name: longName, address: ipv6, state: 'draining', rate: '1,207' },
  ];
  return (
    <Part name="Table" note="Rows of 32 px (48 in short lists); long text shortens in the middle.">
      <Specimen wide state="rest, hover, chosen">
        <div className={styles['frame']}>
          <PageHead title="Nodes" parent={{ label: 'Pools', href: '#/design' }} note="3 nodes" aside={<Button small>Add a node</Button>} />
          <TableScroll className={styles['table']} label={`Nodes, ${theme}`}>
            <Table
              columns={[
                { id: 'node', width: 120 },
                { id: 'address', width: 120 },
                { id: 'traffic', width: 96 },
              ]}
            >
              <thead>
                <tr>
                  <Th>Node</Th>
                  <Th>Address</Th>
                  <Th right>Traffic</Th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row, i) => (
                  <Row key={row.name} linked selected={i === 2} data-show={i === 1 ? 'hover' : undefined}>
                    <Td>
                      <CellItems>
                        <RowLink href="#/design">
                          <NodeInCell name={row.name} state={row.state} />
                        </RowLink>
                        {i === 2 ? <Tag>changed</Tag> : null}
                      </CellItems>
                    </Td>
                    <Td>
                      <MiddleTruncate className="mono" text={row.address} />
                    </Td>
                    <Td right muted={row.rate === missing}>
                      {row.rate} {row.rate === missing ? '' : 'req/s'}
                    </Td>
                  </Row>
                ))}
              </tbody>
            </Table>
          </TableScroll>
          <TableFoot>1 to 3 of 3 in view</TableFoot>
        </div>
      </Specimen>
      <Specimen wide state="empty: what is missing, and one action">
        <div className={styles['frame']}>
          <EmptyState title="No listeners yet" action={<Button look="primary">Start the demo</Button>}>
            Start the demo or add one.
          </EmptyState>
        </div>
      </Specimen>
      <Specimen wide state="not read: that, why, and a way to ask again">
        <div className={styles['frame']}>
          <Unread
            what="The clients"
            problem="Evenkeel does not answer. Start it again; this page reconnects by itself."
            onRetry={nothing}
          />
        </div>
      </Specimen>
    </Part>
  );
}

function Cards() {
  return (
    <Part name="Card" note="A ground around what belongs together.">
      <Specimen state="faint, on a page of cards">
        <Card className={styles['inCard']}>Three nodes, 24 clients</Card>
      </Specimen>
      <Specimen state="strong, within a page of fields">
        <Card edge="strong" className={styles['inCard']}>
          A dead node is noticed within about 13 s
        </Card>
      </Specimen>
      <Specimen state="with fields">
        <div className={styles['card']}>
          <Card form edge="strong">
            <TextField label="Address" value="10.0.0.1:3000" onChange={nothing} />
            <Button small>Add 1 node</Button>
          </Card>
        </div>
      </Specimen>
    </Part>
  );
}

function Sections({ theme }: { theme: string }) {
  return (
    <Part name="Section" note="A page under a list of its own: settings, the local authority.">
      <Specimen wide state="with facts">
        <PageSection id={`section-facts-${theme}`} title={`About, ${theme}`}>
          <FactList>
            <dt>Version</dt>
            <dd>Evenkeel 0.1.0</dd>
            <dt>Runs as</dt>
            <dd>{missing}</dd>
          </FactList>
        </PageSection>
      </Specimen>
      <Specimen wide state="with an action beside its heading">
        <PageSection id={`section-aside-${theme}`} title={`What it signed, ${theme}`} aside={<Button small>Sign for names</Button>}>
          <p className="muted">Nothing yet.</p>
        </PageSection>
      </Specimen>
    </Part>
  );
}

function Tips() {
  return (
    <Part name="Tip" note="Over the page, for what is under the pointer or has the focus.">
      <Specimen state="a definition">
        <div className={`tip ${styles['inCard']}`}>Different clients whose node changed, for whatever reason.</div>
      </Specimen>
    </Part>
  );
}

function Messages() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Part name="Toast" note="Fact, cause, what follows.">
        <Specimen state="a node went down">
          <Toast title="api-3 is down" mark={<StateRing state="down" />} action={<Button small>Inspect</Button>} onClose={nothing}>
            2 of 2 checks timed out. 14 clients moved: 7 to api-1, 7 to api-2.
          </Toast>
        </Specimen>
        <Specimen state="can be taken back">
          <Toast title="api-1 is set to drain" action={<Button small>Undo</Button>} onClose={nothing} />
        </Specimen>
      </Part>
      <Part name="Dialog">
        <Specimen wide state="a question">
          <Dialog
            inPage
            title="Take away the last node of Web?"
            onClose={nothing}
            actions={
              <>
                <Button>Set it to drain anyway</Button>
                <Button look="primary">Keep it in accept</Button>
              </>
            }
          >
            <p>api-1 is the only node of Web. Every new client gets 503 at once.</p>
          </Dialog>
        </Specimen>
        <Specimen state="over the window">
          <Button onClick={() => setOpen(true)}>Open one</Button>
          {open ? (
            <Dialog
              title="A question over the window"
              onClose={() => setOpen(false)}
              actions={
                <Button look="primary" data-first-focus onClick={() => setOpen(false)}>
                  Close
                </Button>
              }
            >
              <p>It holds the focus, closes on Escape and gives the focus back.</p>
            </Dialog>
          ) : null}
        </Specimen>
      </Part>
    </>
  );
}

function InspectorPart({ theme }: { theme: string }) {
  return (
    <Part name="Inspector" note="Head, sections of keys and values, actions at the foot.">
      <Specimen state="a node">
        <div className={styles['inspector']}>
          <InspectorHead title={<MiddleTruncate text={longName} />} mark={<StateRing state="down" size={40} />} onClose={nothing}>
            <span className="fill-down">Down</span> for 2 s
          </InspectorHead>
          <InspectorBody label={`About the node, ${theme}`}>
            <Section title="Connection" aside="now">
              <Facts>
                <Fact name="Address">
                  <span className="mono">{ipv6}</span>
                </Fact>
                <Fact name="p95">{missing}</Fact>
                <Fact name="Weight">100</Fact>
              </Facts>
              <Hint>It moves its clients when it goes down.</Hint>
            </Section>
          </InspectorBody>
          <InspectorFoot>
            <Button small>Check now</Button>
            <Button small>Edit the pool</Button>
          </InspectorFoot>
        </div>
      </Specimen>
    </Part>
  );
}

const changes = [
  { path: 'pools[0].healthCheck.intervalMs', subject: 'Web', words: 'interval 10 to 5 s' },
  { path: 'pools[0].nodes[2].mode', subject: 'Web', words: 'api-3 to Backup' },
];

function Bars({ theme }: { theme: string }) {
  const bars = useMemo(
    (): [string, Stores][] => [
      ['changes', draftStores({ changes })],
      ['busy', draftStores({ changes, applying: true })],
      ['a field to fix', draftStores({ changes, blocking: 1, issues: [{ path: 'pools[0].name', message: 'must be set' }] })],
      ['refused', draftStores({ changes, failure: 'Port 8081 is used by another program (node, pid 4121). Use 8082?' })],
      ['applied', draftStores({ applied: 2 })],
    ],
    [],
  );
  return (
    <Part name="Change bar" note="All or nothing.">
      {bars.map(([name, stores]) => (
        <Specimen key={name} wide state={name}>
          <div className={styles['frame']}>
            <StoresProvider stores={stores}>
              <ChangeBar label={`Changes, ${name}, ${theme}`} />
            </StoresProvider>
          </div>
        </Specimen>
      ))}
    </Part>
  );
}

/** Every part in every state, in one theme. */
export function Gallery({ theme, now }: { theme: 'dark' | 'light'; now: number }): ReactNode {
  const world = useMemo(() => galleryWorld(now), [now]);
  return (
    <ClientProvider client={world.client}>
      <StoresProvider stores={world.stores}>
        <Rings world={world} />
        <Buttons />
        <Fields />
        <Choices />
        <Banners now={now} />
        <Replays theme={theme} now={now} />
        <MapParts world={world} />
        <Tables theme={theme} />
        <Cards />
        <Sections theme={theme} />
        <InspectorPart theme={theme} />
        <Tips />
        <Messages />
        <Bars theme={theme} />
        <Tokens />
      </StoresProvider>
    </ClientProvider>
  );
}
