import type { RequestRecord } from '../../../shared/model/metrics.ts';

export type PhaseKind = 'waited' | 'tried' | 'connect' | 'node' | 'body' | 'unanswered' | 'open';

/** A piece of a request's time. Milliseconds. */
export interface Phase {
  kind: PhaseKind;
  startMs: number;
  ms: number;
}

/**
 * A request's time in pieces that follow one another and add up to `durationMs`. Pieces that took no time are left out, but for
 * the connection: that one was kept is worth saying.
 * @param isTcp a session: once connected it is open.
 */
export function phasesOf({ phases, durationMs }: Pick<RequestRecord, 'phases' | 'durationMs'>, isTcp: boolean): Phase[] {
  if (!phases) return [];
  const { queuedMs, triedMs, connectMs, firstByteMs } = phases;
  const out: Phase[] = [];
  let at = 0;
  const add = (kind: PhaseKind, ms: number, always = false) => {
    // Clocks of a thread are read several times: what would reach beyond the whole is cut.
    const fits = Math.max(0, Math.min(ms, durationMs - at));
    if (fits > 0 || always) out.push({ kind, startMs: at, ms: fits });
    at += fits;
  };
  add('waited', queuedMs);
  add('tried', triedMs);
  if (connectMs !== null) add('connect', connectMs, true);
  if (firstByteMs !== null) add('node', firstByteMs - at);
  const rest = durationMs - at;
  if (isTcp) add(connectMs === null ? 'unanswered' : 'open', rest);
  else add(firstByteMs === null ? 'unanswered' : 'body', rest);
  return out;
}

const words: Record<PhaseKind, (node: string) => string> = {
  waited: () => 'Waited for room',
  tried: () => 'Others, in vain',
  connect: (node) => `${node} connect`,
  node: (node) => `${node} first byte`,
  body: () => 'Rest of answer',
  unanswered: () => 'No answer',
  open: () => 'Open',
};

export const phaseWords = (kind: PhaseKind, node: string): string => words[kind](node);
