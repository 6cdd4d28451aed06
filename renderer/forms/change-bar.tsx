import { Check, TriangleAlert } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useDraft, useStores } from '../stores/context.tsx';
import { countChanges, listChanges, sayChanges, sayIssue } from '../stores/draft-words.ts';
import { Button } from '../ui/button.tsx';
import styles from './change-bar.module.css';
import { showIssue } from './show-issue.ts';

/** What an edit met that somebody else had changed meanwhile, with the two ways on. */
function ChangedElsewhere() {
  const { draft } = useStores();
  const base = useDraft((s) => s.base);
  const theirs = useDraft((s) => s.theirs);
  const collisions = useDraft((s) => s.collisions);
  const words = useMemo(() => (theirs ? sayChanges(listChanges(base, theirs)) : ''), [base, theirs]);
  if (theirs)
    return (
      <div className={styles['theirs']} role="alert">
        <p>
          <b>The configuration changed elsewhere.</b> <span className="muted">{words}. Your changes are still here.</span>
        </p>
        <Button small onClick={() => draft.keepMine()}>
          Keep my changes on top
        </Button>
        <Button small onClick={() => draft.discard()}>
          Discard mine
        </Button>
      </div>
    );
  if (collisions.length > 0)
    return (
      <div className={styles['theirs']} role="status">
        <p>
          <b>{collisions.length === 1 ? 'One of your changes' : `${collisions.length} of your changes`} met one made elsewhere.</b>{' '}
          <span className="muted">There the other one stands: {collisions.join(', ')}.</span>
        </p>
      </div>
    );
  return null;
}

/** What differs from what is saved, and Apply or Discard for all of it. Not there while nothing differs. */
export function ChangeBar({ label = 'Changes' }: { label?: string }) {
  const { draft } = useStores();
  const changes = useDraft((s) => s.changes);
  const issues = useDraft((s) => s.issues);
  const blocking = useDraft((s) => s.blocking);
  const applying = useDraft((s) => s.applying);
  const failure = useDraft((s) => s.failure);
  const applied = useDraft((s) => s.applied);
  const waiting = useDraft((s) => s.theirs !== null);
  const root = useDraft((s) => s.draft);

  // Said once: later on another screen it would seem to be about something else.
  useEffect(() => {
    if (applied === null) return;
    const timer = setTimeout(() => draft.store.setState({ applied: null }), 8_000);
    return () => clearTimeout(timer);
  }, [applied, draft]);

  if (changes.length === 0) {
    return applied === null ? null : (
      <div className={styles['bar']} data-change-bar role="status">
        <Check size={16} aria-hidden="true" />
        <b className={styles['count']}>{countChanges(applied)} applied</b>
        <span className={styles['words']} title="Saved, and in effect now. Open connections stayed.">
          Saved, and in effect now. Open connections stayed.
        </span>
      </div>
    );
  }
  const words = sayChanges(changes);
  const first = issues[0];
  return (
    <>
      <ChangedElsewhere />
      <div className={styles['bar']} data-change-bar role="region" aria-label={label}>
        <b className={styles['count']}>{countChanges(changes.length)}</b>
        {failure ? (
          <span className={styles['failure']} role="alert">
            <TriangleAlert size={12} strokeWidth={2} aria-hidden="true" />
            <span>Nothing was applied. {failure}</span>
          </span>
        ) : (
          <span className={styles['words']} title={words}>
            {words}
          </span>
        )}
        {first ? (
          <button type="button" className={styles['fix']} title={sayIssue(first)} onClick={() => showIssue(root, first)}>
            <TriangleAlert size={12} strokeWidth={2} aria-hidden="true" />
            {issues.length === 1 ? '1 field' : `${issues.length} fields`} to {blocking > 0 ? 'fix first' : 'look at'}
          </button>
        ) : null}
        <div className={styles['actions']}>
          {failure ? null : <span className={styles['note']}>Applied all or nothing. Open connections stay.</span>}
          <Button onClick={() => draft.discard()} disabled={applying}>
            Discard
          </Button>
          <Button look="primary" disabled={applying || waiting || blocking > 0} onClick={() => void draft.apply()}>
            {applying ? 'Applying…' : `Apply ${countChanges(changes.length)}`}
          </Button>
        </div>
      </div>
    </>
  );
}
