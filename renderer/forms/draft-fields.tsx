import type { ReactNode } from 'react';
import { formatPath } from '../../shared/model/validate.ts';
import { useDraft, useStores } from '../stores/context.tsx';
import { getAt, type Path } from '../stores/draft.ts';
import { fieldInfo, type FieldInfo } from '../stores/draft-fields.ts';
import { sayIssue } from '../stores/draft-words.ts';
import { FieldShell } from '../ui/field.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Select } from '../ui/select.tsx';
import { NumberField, TextArea, TextField } from '../ui/text-field.tsx';
import { Switch } from '../ui/toggle.tsx';

/** Fields tied to a place in the draft: label and unit from the catalogue, error and changed-dot from the draft. */
interface Bound {
  path: Path;
  /** Default: the catalogue's. */
  label?: string | undefined;
  hint?: ReactNode;
  className?: string | undefined;
  /** For tables, whose head is the label and whose errors stand in a row of their own. */
  inTable?: { label: string; errorId: string } | undefined;
}

export interface DraftField {
  info: FieldInfo;
  value: unknown;
  error: string | undefined;
  changed: boolean;
  set(value: unknown): void;
}

/** The field of the draft at `path`. */
export function useDraftField(path: Path): DraftField {
  const { draft } = useStores();
  const text = formatPath(path);
  const value = useDraft((s) => getAt(s.draft, path));
  const error = useDraft((s) => {
    const issue = s.issues.find((one) => one.path === text);
    return issue && sayIssue(issue);
  });
  const changed = useDraft((s) => s.changes.some((change) => change.path === text || change.path.startsWith(`${text}.`)));
  return { info: fieldInfo(text), value, error, changed, set: (next) => draft.set(path, next) };
}

/** The first mistake at or below any of `paths`, in words. */
export function useDraftError(...paths: Path[]): string | undefined {
  const texts = paths.map(formatPath);
  return useDraft((s) => {
    const issue = s.issues.find((one) =>
      texts.some((text) => one.path === text || one.path.startsWith(`${text}[`) || one.path.startsWith(`${text}.`)),
    );
    return issue && sayIssue(issue);
  });
}

function frame(field: DraftField, { label, hint, className, inTable }: Bound) {
  return {
    label: inTable ? inTable.label : (label ?? field.info.label),
    hint,
    className,
    changed: field.changed,
    hideLabel: inTable !== undefined,
    error: inTable && field.error !== undefined ? '' : field.error,
    errorId: inTable?.errorId,
  };
}

interface DraftTextProps extends Bound {
  mono?: boolean | undefined;
  placeholder?: string | undefined;
  /** An empty text takes the key away instead of saving "". */
  optional?: boolean | undefined;
}

export function DraftText({ mono, placeholder, optional, ...bound }: DraftTextProps) {
  const field = useDraftField(bound.path);
  return (
    <TextField
      {...frame(field, bound)}
      small={bound.inTable !== undefined}
      mono={mono}
      placeholder={placeholder}
      value={typeof field.value === 'string' ? field.value : ''}
      onChange={(value) => field.set(optional && value === '' ? undefined : value)}
    />
  );
}

export function DraftTextArea({ mono, placeholder, optional, rows, ...bound }: DraftTextProps & { rows?: number }) {
  const field = useDraftField(bound.path);
  return (
    <TextArea
      {...frame(field, bound)}
      mono={mono}
      rows={rows}
      placeholder={placeholder}
      value={typeof field.value === 'string' ? field.value : ''}
      onChange={(value) => field.set(optional && value === '' ? undefined : value)}
    />
  );
}

export function DraftNumber({ unit, ...bound }: Bound & { unit?: string }) {
  const field = useDraftField(bound.path);
  const value = typeof field.value === 'number' || typeof field.value === 'string' ? field.value : '';
  return (
    <NumberField
      {...frame(field, bound)}
      small={bound.inTable !== undefined}
      unit={unit ?? (bound.inTable ? undefined : field.info.unit)}
      scale={field.info.scale}
      value={value}
      onChange={field.set}
    />
  );
}

/** One of the values the catalogue names. `only` leaves out what does not apply. */
export function DraftSelect({ only, ...bound }: Bound & { only?: readonly string[] }) {
  const field = useDraftField(bound.path);
  const choices = Object.entries(field.info.values ?? {})
    .filter(([value]) => !only || only.includes(value) || value === field.value)
    .map(([value, label]) => ({ value, label }));
  return <Select {...frame(field, bound)} choices={choices} value={String(field.value)} onChange={field.set} />;
}

/** One of the few values the catalogue names, all in view. */
export function DraftSegmented({ path, label, hint, className }: Bound) {
  const field = useDraftField(path);
  const choices = Object.entries(field.info.values ?? {}).map(([value, name]) => ({ value, label: name }));
  return (
    <LabelledGroup label={label ?? field.info.label} changed={field.changed} hint={hint} error={field.error} className={className}>
      <Segmented tall label={label ?? field.info.label} value={String(field.value)} choices={choices} onChange={field.set} />
    </LabelledGroup>
  );
}

export function DraftSwitch({ path, label, hint }: Bound) {
  const field = useDraftField(path);
  return (
    <Switch label={label ?? field.info.label} hint={hint} changed={field.changed} checked={field.value === true} onChange={field.set} />
  );
}

interface GroupProps {
  label: string;
  changed?: boolean;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string | undefined;
  children: ReactNode;
}

/** Label, hint and error around a group of controls that name themselves. */
export function LabelledGroup({ label, children, ...rest }: GroupProps) {
  return (
    <FieldShell {...rest} label={label} group>
      {() => children}
    </FieldShell>
  );
}
