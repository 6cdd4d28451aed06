import { useEffect, useRef, useState } from 'react';
import type { Incident, Run } from '../../../../shared/model/run.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { download, fileName } from './download.ts';
import { filmType, planFilm, recordFilm } from './record-film.ts';
import { filmHeight, filmWidth } from './replay-film.ts';
import css from '../timeline.module.css';

/** Records the run as a film, with what it does, how far it is, and a way to end it. */
export function VideoDialog({ run, incident, onClose }: { run: Run; incident: Incident | undefined; onClose: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const abort = useRef<AbortController | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [words, setWords] = useState('');
  useEffect(() => () => abort.current?.abort(), []);
  const { speed, ms } = planFilm(run);
  const can = filmType() !== undefined;
  const recording = share !== null;
  const seconds = Math.ceil(ms / 1_000);

  const record = () => {
    const controller = new AbortController();
    abort.current = controller;
    setShare(0);
    setWords('');
    recordFilm({ canvas: canvas.current!, run, incident, signal: controller.signal, onProgress: setShare })
      .then((film) => {
        if (!film) return;
        download(film, fileName(run.name, 'webm'));
        setWords(`Saved as ${fileName(run.name, 'webm')}.`);
      })
      .catch((error: unknown) => setWords(error instanceof Error ? error.message : 'The film could not be recorded.'))
      .finally(() => {
        if (abort.current === controller) setShare(null);
      });
  };
  const close = () => {
    abort.current?.abort();
    onClose();
  };
  return (
    <Dialog
      title="Record a film"
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{recording ? 'Cancel' : 'Close'}</Button>
          <Button look="primary" data-first-focus disabled={!can || recording} onClick={record}>
            {recording ? 'Recording' : 'Record'}
          </Button>
        </>
      }
    >
      <p>
        {can
          ? `The map as it was, with the replay’s banner and the scorecard: WebM, ${filmWidth} × ${filmHeight}, ${seconds} s${speed === 1 ? '' : ` at ${speed}×`}. Recording takes as long as the film; keep this window in view.`
          : 'This browser cannot record a canvas. Use Chrome, Edge or Firefox, or export JSON and open it there.'}
      </p>
      <canvas
        ref={canvas}
        className={css['film']}
        width={filmWidth}
        height={filmHeight}
        hidden={!recording}
        aria-label="The film as it is recorded"
      />
      {recording ? <progress className={css['progress']} value={share} aria-label="Recorded so far" /> : null}
      <p role="status">{words}</p>
    </Dialog>
  );
}
