/** Why a candidate was taken or passed over, one a candidate. The winner's is `chosen:<how>`. */
export const verdicts = [
  'chosen:turn',
  'chosen:least',
  'chosen:hash',
  'chosen:random',
  'chosen:sticky-cookie',
  'chosen:sticky-table',
  'chosen:pinned',
  'chosen:only',
  'chosen:retry',
  'down',
  'draining',
  'rejecting',
  'backup',
  'full',
  'not-sticky',
  'not-turn',
  'tried',
] as const;
export type Verdict = (typeof verdicts)[number];
