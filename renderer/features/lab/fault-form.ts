import { faultSchema, type Fault, type FaultType } from '../../../shared/model/fault.ts';

/** One parameter of a fault, as a field shows it. */
export interface FaultField {
  key: string;
  label: string;
  unit: string;
  /** Units of the draft in one shown: 1,000 for milliseconds shown in seconds. */
  scale: number;
}

/** What a person reads of a fault before choosing it. */
export const faultHints: Record<FaultType, string> = {
  kill: 'The program ends as when a machine loses power: open connections break, its port refuses.',
  refuse: 'Its port refuses new connections; those that are open go on.',
  hang: 'It accepts and reads, and never answers. What waits is answered when the fault ends.',
  slow: 'Every answer waits, checks’ too.',
  errors: 'A share of requests, checks’ too, is answered with a 5xx.',
  reset: 'A share of answers breaks off in the middle of the body.',
  flap: 'It is killed and started again, over and over.',
  bandwidth: 'Answers trickle: all its connections together get no more than this.',
};

/** What a fault is set to until somebody says otherwise. */
export const faultDefaults: Record<FaultType, Fault> = {
  kill: { type: 'kill' },
  refuse: { type: 'refuse' },
  hang: { type: 'hang' },
  slow: { type: 'slow', medianMs: 300, p95Ms: 1200 },
  errors: { type: 'errors', share: 0.5, status: 503 },
  reset: { type: 'reset', share: 1 },
  flap: { type: 'flap', upMs: 4000, downMs: 3000 },
  bandwidth: { type: 'bandwidth', bytesPerSecond: 20_000 },
};

const share: FaultField = { key: 'share', label: 'Share of requests', unit: '%', scale: 1 };

/** The parameters of each fault. */
export const faultFields: Record<FaultType, readonly FaultField[]> = {
  kill: [],
  refuse: [],
  hang: [],
  slow: [
    { key: 'medianMs', label: 'Half of the answers take', unit: 'ms', scale: 1 },
    { key: 'p95Ms', label: '95 of 100 take at most', unit: 'ms', scale: 1 },
  ],
  errors: [share, { key: 'status', label: 'Status', unit: '', scale: 1 }],
  reset: [share],
  flap: [
    { key: 'upMs', label: 'Runs for', unit: 's', scale: 1000 },
    { key: 'downMs', label: 'Is gone for', unit: 's', scale: 1000 },
  ],
  bandwidth: [{ key: 'bytesPerSecond', label: 'At most', unit: 'kB/s', scale: 1000 }],
};

/** What is typed: numbers as a fault has them but for shares, which are percent; text where it is no number. */
export type FaultDraft = Record<string, number | string>;

const ranges: Record<string, string> = {
  medianMs: '1 to 30,000 ms.',
  p95Ms: '1 to 60,000 ms, and at least the half’s.',
  share: '1 to 100 %.',
  status: '500 to 599.',
  upMs: '0.2 to 600 s.',
  downMs: '0.2 to 600 s.',
  bytesPerSecond: '1 to 1,000,000 kB/s.',
};

/** The fault that was typed, or what is wrong by field. */
export function readFault(
  type: FaultType,
  draft: FaultDraft,
): { fault: Fault; errors: Record<string, string> } | { fault?: undefined; errors: Record<string, string> } {
  const { share: percent } = draft;
  const parsed = faultSchema.safeParse({ ...draft, ...(typeof percent === 'number' ? { share: percent / 100 } : {}), type });
  if (parsed.success) return { fault: parsed.data, errors: {} };
  const keys = new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? '')));
  return { errors: Object.fromEntries([...keys].map((key) => [key, ranges[key] ?? 'This is not possible.'])) };
}

/** A fault's parameters, to be typed over. */
export function draftOf(fault: Fault): FaultDraft {
  const { type: _type, ...draft } = fault;
  return 'share' in draft ? { ...draft, share: Math.round(draft.share * 100) } : draft;
}
