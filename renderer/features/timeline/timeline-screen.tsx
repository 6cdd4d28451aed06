import { Download, FileUp, Film, Image as ImageIcon, Pencil, Save } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Run } from '../../../shared/model/run.ts';
import { replayOf } from '../../../shared/state/replay.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { useReplay, useStores } from '../../stores/context.tsx';
import { nodeNameIn } from '../../stores/run-events.ts';
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FilterSelect } from '../../ui/select.tsx';
import { StateRing } from '../../ui/state-ring.tsx';
import { inRem } from '../../ui/text-scale.ts';
import { Unread } from '../../ui/unread.tsx';
import { AroundList } from './around-list.tsx';
import { CompareCard } from './compare-card.tsx';
import { download, fileName } from './export/download.ts';
import { readRunFile, runToBlob } from './export/run-file.ts';
import { timelinePng } from './export/timeline-png.ts';
import { VideoDialog } from './export/video-dialog.tsx';
import { LanesView } from './lanes-view.tsx';
import { pickValue, runChoices, sourceChoices, sourceOf, sourceValue, stretchWords } from './run-choices.ts';
import { KeepRun, PickTime } from './run-dialogs.tsx';
import { incidentMeasures, incidentName, runMeasures } from './score-words.ts';
import { Scorecard } from './scorecard.tsx';
import { useRoom } from './use-room.ts';
import css from './timeline.module.css';

/** Opens what the address names. */
function useAddress(query: URLSearchParams): void {
  const { replay } = useStores();
  const [run, from, to, at] = ['run', 'from', 'to', 'at'].map((key) => query.get(key));
  useEffect(() => {
    const now = replay.store.getState();
    const moment = at ? Number(at) : undefined;
    if (run) {
      if (now.run !== null && now.source.kind === 'run' && now.source.id === run) return;
      void replay.open({ kind: 'run', id: run }, moment);
    } else if (from && to && Number.isFinite(Number(from) + Number(to))) {
      const source = { kind: 'range' as const, from: Number(from), to: Number(to) };
      if (now.run !== null && now.source.kind === 'range' && now.source.from === source.from && now.source.to === source.to) return;
      void replay.open(source, moment);
    }
  }, [replay, run, from, to, at]);
}

/** The run that is compared with: kept, or from a file. */
function useOther(chosen: string): { other: Run | null; problem: string } {
  const client = useClient();
  const files = useReplay((s) => s.files);
  const [read, setRead] = useState<{ value: string; run: Run | null; problem: string } | null>(null);
  const source = sourceOf(chosen);
  const id = source?.kind === 'run' ? source.id : null;
  useEffect(() => {
    if (id === null) return;
    let wanted = true;
    client.request('runs.get', { id }).then(
      (run) => wanted && setRead({ value: id, run, problem: '' }),
      (error: unknown) => wanted && setRead({ value: id, run: null, problem: errorMessage(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [client, id]);
  if (source?.kind === 'file') return { other: files.find((run) => run.id === source.id) ?? null, problem: '' };
  return read && read.value === id ? { other: read.run, problem: read.problem } : { other: null, problem: '' };
}

function Legend() {
  return (
    <p className={css['legend']}>
      <span>
        <StateRing state="healthy" size={16} /> solid: healthy
      </span>
      <span>
        <StateRing state="checking" size={16} /> dashed: checking
      </span>
      <span>
        <StateRing state="down" size={16} /> hatched: down
      </span>
      <span>
        <svg width={inRem(10)} height={inRem(10)} viewBox="0 0 10 10" aria-hidden="true">
          <rect x="2" y="2" width="6" height="6" fill="var(--st-down)" transform="rotate(45 5 5)" />
        </svg>
        diamond: error, empty: retried well
      </span>
      <span className={css['hint']}>Drag or arrow keys scrub. The map follows.</span>
    </p>
  );
}

/** Reads a file that was chosen or dropped. */
function useOpenFile(): { open: (file: File) => void; problem: string } {
  const { replay } = useStores();
  const [problem, setProblem] = useState('');
  const open = (file: File) => {
    setProblem('');
    readRunFile(file).then(
      (run) => {
        if (location.hash !== '#/timeline') location.hash = '#/timeline';
        replay.addFile(run);
      },
      (error: unknown) => setProblem(error instanceof Error ? error.message : 'The file could not be read.'),
    );
  };
  return { open, problem };
}

type Asking = 'pick' | 'keep' | 'video' | null;

/** What happened over time: a run, or the last minutes, with its numbers, its lanes and the moment that is shown. */
export function TimelineScreen({ query }: { query: URLSearchParams }) {
  const client = useClient();
  const { replay } = useStores();
  const view = useReplay((s) => s);
  const { run, source, following, loading, problem } = view;
  const [asking, setAsking] = useState<Asking>(null);
  const [oldest, setOldest] = useState<number | null>(null);
  const [failure, setFailure] = useState('');
  const [compared, setCompared] = useState(query.get('with') ? `run ${query.get('with')}` : '');
  const [picked, setPicked] = useState<{ run: string; index: number } | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const file = useOpenFile();
  const { other, problem: otherProblem } = useOther(compared);
  useAddress(query);
  useEffect(() => replay.watch(), [replay]);
  const { content, plotHeight, lines } = useRoom(run);

  const incidents = run?.score.incidents ?? [];
  const index = picked && picked.run === run?.id && picked.index < incidents.length ? picked.index : 0;
  const incident = incidents[index];
  const measures = useMemo(() => {
    if (!run) return [];
    const name = nodeNameIn(run);
    return incident ? incidentMeasures(incident, (node) => name(incident.pool, node)) : runMeasures(run);
  }, [run, incident]);

  const choose = (value: string) => {
    if (value === pickValue) {
      client.request('history.span', {}).then(
        (span) => setOldest(span.oldest),
        () => setOldest(null),
      );
      setAsking('pick');
      return;
    }
    const next = sourceOf(value);
    if (!next) return;
    if (next.kind === 'run') location.hash = `#/timeline?run=${encodeURIComponent(next.id)}`;
    else {
      if (location.hash !== '#/timeline') location.hash = '#/timeline';
      void replay.open(next);
    }
  };
  const savePng = () => {
    if (!run) return;
    setFailure('');
    timelinePng(run, incident, following ? null : view.time).then(
      (blob) => download(blob, fileName(run.name, 'png')),
      () => setFailure('The picture could not be drawn: this browser gives no canvas of that size. Zoom out of the page and try again.'),
    );
  };
  // An engine that started with nothing to balance is no history.
  const empty = run !== null && run.score.requests === 0 && replayOf(run).tracks.size === 0;
  const message = file.problem || failure;

  return (
    <main
      className="screen"
      aria-busy={loading}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes('Files')) event.preventDefault();
      }}
      onDrop={(event) => {
        const [dropped] = event.dataTransfer.files;
        if (!dropped) return;
        event.preventDefault();
        file.open(dropped);
      }}
    >
      <div className={`page-head ${css['pageHead']}`}>
        <h1>Timeline</h1>
        <span className={css['source']}>
          <FilterSelect
            label="What is shown"
            value={sourceValue(source)}
            choices={sourceChoices(source, run, view.runs ?? [], view.files)}
            onChange={choose}
          />
        </span>
        {incidents.length > 1 ? (
          <FilterSelect
            label="Failure"
            value={String(index)}
            choices={incidents.map((one, i) => ({ value: String(i), label: incidentName(one) }))}
            onChange={(value) => {
              const next = Number(value);
              setPicked(run && { run: run.id, index: next });
              const one = incidents[next]!;
              if (!following) replay.seek(one.faultAt ?? one.firstFailureAt ?? one.downAt);
            }}
          />
        ) : null}
        {run ? (
          <span className={`num ellipsis ${css['stretch']}`} title={stretchWords(run.startedAt, run.endedAt)}>
            {following
              ? `until now, from ${stretchWords(run.startedAt, run.endedAt).replace(/ to .*$/, '')}`
              : stretchWords(run.startedAt, run.endedAt)}
          </span>
        ) : null}
        <span className={css['grow']} />
        {source.kind === 'last' && !following ? (
          <Button small onClick={() => void replay.open(source)} title="The right edge is now again">
            Follow
          </Button>
        ) : null}
        {run && !empty && source.kind !== 'file' ? (
          <IconButton
            look="plain"
            label={source.kind === 'run' ? 'Rename or remove the run' : 'Keep this stretch as a run'}
            icon={source.kind === 'run' ? <Pencil size={12} aria-hidden /> : <Save size={12} aria-hidden />}
            onClick={() => setAsking('keep')}
          />
        ) : null}
        <IconButton
          look="plain"
          label="Open a run from a file"
          icon={<FileUp size={12} aria-hidden />}
          onClick={() => input.current?.click()}
        />
        <input
          ref={input}
          type="file"
          accept="application/json,.json"
          hidden
          aria-label="Run file"
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            event.target.value = '';
            if (chosen) file.open(chosen);
          }}
        />
        <Button small disabled={!run || empty} onClick={() => run && download(runToBlob(run), fileName(run.name, 'json'))}>
          <Download size={12} aria-hidden /> JSON
        </Button>
        <Button small disabled={!run || empty} onClick={savePng}>
          <ImageIcon size={12} aria-hidden /> PNG
        </Button>
        <Button small disabled={!run || empty} onClick={() => setAsking('video')}>
          <Film size={12} aria-hidden /> Video
        </Button>
      </div>
      {message ? (
        <p role="alert" className={css['problem']}>
          {message}
        </p>
      ) : null}
      {run && !empty ? (
        <div ref={content} className={css['content']}>
          <Scorecard measures={measures} />
          <LanesView
            key={following ? 'live' : run.id}
            plotHeight={plotHeight}
            run={run}
            time={following ? null : view.time}
            onSeek={replay.seek}
            onStep={replay.step}
          />
          <Legend />
          <div className={css['two']}>
            <CompareCard
              run={run}
              incident={incident}
              other={other}
              problem={otherProblem}
              chosen={compared}
              choices={runChoices(view.runs ?? [], view.files, sourceValue(source))}
              onChoose={setCompared}
            />
            <AroundList run={run} time={view.time} most={lines} onSeek={replay.seek} />
          </div>
        </div>
      ) : loading ? null : problem ? (
        <Unread
          what={source.kind === 'run' || source.kind === 'file' ? 'The run' : 'The past'}
          problem={problem}
          onRetry={() => void replay.open(source)}
        />
      ) : (
        <EmptyState
          title="Nothing recorded yet"
          action={
            <ButtonLink look="primary" href="#/lab">
              Run a scenario
            </ButtonLink>
          }
        >
          Every failover is recorded as it happens. A scenario of the Lab leaves one to look at in half a minute.
        </EmptyState>
      )}
      {asking === 'pick' ? (
        <PickTime
          oldest={oldest}
          onClose={() => setAsking(null)}
          onPick={(from, to) => {
            setAsking(null);
            location.hash = `#/timeline?from=${from}&to=${to}`;
          }}
        />
      ) : null}
      {asking === 'keep' && run ? (
        <KeepRun
          run={run}
          kept={source.kind === 'run' ? source.id : null}
          onClose={() => setAsking(null)}
          onDone={(id) => {
            setAsking(null);
            if (id === null) {
              location.hash = '#/timeline';
              replay.end();
              void replay.open(replay.store.getState().source);
            } else if (source.kind === 'run') void replay.open(source, view.time);
            else location.hash = `#/timeline?run=${encodeURIComponent(id)}`;
          }}
        />
      ) : null}
      {asking === 'video' && run ? <VideoDialog run={run} incident={incident} onClose={() => setAsking(null)} /> : null}
    </main>
  );
}
