import { useState } from 'react';
import type { Run } from '../../../shared/model/run.ts';
import { errorMessage } from '../../bridge/client.ts';
import { useClient } from '../../bridge/context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { formatClock, formatDay } from '../../ui/format.ts';
import { stretchWords } from './run-choices.ts';
import css from './timeline.module.css';

const minute = 60_000;
const lengths = [
  { value: '5', label: '5 minutes' },
  { value: '15', label: '15 minutes' },
  { value: '60', label: '1 hour' },
  { value: '480', label: '8 hours' },
];

/** As a datetime-local field has it, in the time of this place. */
function localText(time: number): string {
  const date = new Date(time - new Date(time).getTimezoneOffset() * minute);
  return date.toISOString().slice(0, 16);
}

/** Any stretch of what was recorded: last night's, say. */
export function PickTime({
  oldest,
  onPick,
  onClose,
}: {
  oldest: number | null;
  onPick: (from: number, to: number) => void;
  onClose: () => void;
}) {
  const [from, setFrom] = useState(() => localText(Date.now() - 12 * 60 * minute));
  const [length, setLength] = useState('60');
  const at = new Date(from).getTime();
  const known = oldest === null ? '' : `Recorded since ${formatDay(oldest)}, ${formatClock(oldest)}.`;
  return (
    <Dialog
      title="Show a stretch of time"
      onClose={onClose}
      onSubmit={() => {
        if (Number.isFinite(at)) onPick(at, at + Number(length) * minute);
      }}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!Number.isFinite(at)}>
            Show it
          </Button>
        </>
      }
    >
      <div className={css['fields']}>
        <label className={css['when']}>
          From
          <input type="datetime-local" data-first-focus value={from} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <Select label="For" value={length} choices={lengths} onChange={setLength} />
      </div>
      <p className="small muted">{known || 'What is recorded reaches back a day at most.'}</p>
    </Dialog>
  );
}

interface KeepRunProps {
  run: Run;
  /** Set for a run that is kept already: it is renamed or removed. */
  kept: string | null;
  onDone: (id: string | null) => void;
  onClose: () => void;
}

/** Keeps a stretch of the past under a name, or renames or removes one that is kept. */
export function KeepRun({ run, kept, onDone, onClose }: KeepRunProps) {
  const client = useClient();
  const [name, setName] = useState(kept ? run.name : '');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const act = (work: Promise<string | null>) => {
    setBusy(true);
    work.then(onDone, (error: unknown) => {
      setProblem(errorMessage(error));
      setBusy(false);
    });
  };
  const given = name.trim();
  return (
    <Dialog
      title={kept ? 'Rename or remove the run' : 'Keep this stretch as a run'}
      onClose={onClose}
      onSubmit={() => {
        if (given === '' || busy) return;
        act(
          kept
            ? client.request('runs.rename', { id: kept, name: given }).then(({ id }) => id)
            : client.request('runs.save', { from: run.startedAt, to: run.endedAt, name: given }).then(({ id }) => id),
        );
      }}
      actions={
        <>
          {kept ? (
            <Button disabled={busy} onClick={() => act(client.request('runs.remove', { id: kept }).then(() => null))}>
              Remove the run
            </Button>
          ) : null}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={busy || given === ''}>
            {kept ? 'Rename' : 'Keep'}
          </Button>
        </>
      }
    >
      <TextField label="Name" value={name} onChange={setName} error={problem || undefined} placeholder="Failover of api-2" />
      <p className="small muted num">{stretchWords(run.startedAt, run.endedAt)}. The newest 50 runs are kept.</p>
    </Dialog>
  );
}
