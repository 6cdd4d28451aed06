import { useState } from 'react';
import type { Fault, FaultType } from '../../../shared/model/fault.ts';
import { faultNames } from '../../../shared/model/fault-words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { NumberField } from '../../ui/text-field.tsx';
import { draftOf, faultDefaults, faultFields, faultHints, readFault } from './fault-form.ts';
import styles from './lab.module.css';

interface FaultDialogProps {
  title: string;
  /** Those that can be done to this node. */
  types: readonly FaultType[];
  /** What it suffers now. */
  current: Fault | null;
  /** Said under the parameters. */
  note?: string | undefined;
  onSet: (fault: Fault) => void;
  onClose: () => void;
}

/** What goes wrong with a node, and how much. */
export function FaultDialog({ title, types, current, note, onSet, onClose }: FaultDialogProps) {
  const [type, setType] = useState<FaultType>(current?.type ?? types[0]!);
  const [draft, setDraft] = useState(() => draftOf(current ?? faultDefaults[types[0]!]));
  const [tried, setTried] = useState(false);
  const read = readFault(type, draft);
  const choose = (next: FaultType) => {
    setType(next);
    setDraft(draftOf(current?.type === next ? current : faultDefaults[next]));
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => {
        if (read.fault) onSet(read.fault);
        else setTried(true);
      }}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Begin
          </Button>
        </>
      }
    >
      <Select
        label="What goes wrong"
        value={type}
        choices={types.map((value) => ({ value, label: faultNames[value] }))}
        onChange={choose}
        hint={faultHints[type]}
      />
      {faultFields[type].length > 0 ? (
        <div className={styles['fields']}>
          {faultFields[type].map(({ key, label, unit, scale }) => (
            <NumberField
              key={`${type}-${key}`}
              label={label}
              unit={unit === '' ? undefined : unit}
              scale={scale}
              value={draft[key] ?? ''}
              onChange={(value) => setDraft((before) => ({ ...before, [key]: value }))}
              error={tried ? read.errors[key] : undefined}
            />
          ))}
        </div>
      ) : null}
      {note ? <p className={styles['note']}>{note}</p> : null}
    </Dialog>
  );
}
