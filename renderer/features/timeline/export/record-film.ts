import type { Incident, Run } from '../../../../shared/model/run.ts';
import { type Speed, speeds } from '../../../stores/replay-store.ts';
import { ReplayFilm } from './replay-film.ts';

/** Frames a second. */
const rate = 15;
/** A film is made as fast as it plays; longer than this nobody waits. Milliseconds. */
const longestMs = 60_000;
/** The last picture stands this long. Milliseconds. */
const standMs = 1_500;

const types = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm'];

/** What this browser can record; undefined: no film at all. */
export function filmType(): string | undefined {
  if (typeof MediaRecorder === 'undefined' || typeof HTMLCanvasElement.prototype.captureStream !== 'function') return undefined;
  return types.find((type) => MediaRecorder.isTypeSupported(type));
}

export interface FilmPlan {
  /** How fast the run plays in it. */
  speed: number;
  /** How long the film is, and how long it takes to make. Milliseconds. */
  ms: number;
}

/** The slowest of the replay's speeds, from as it was on, at which the film is at most a minute long; longer runs go faster still. */
export function planFilm(run: Pick<Run, 'startedAt' | 'endedAt'>): FilmPlan {
  const length = run.endedAt - run.startedAt;
  const fits = (speed: Speed) => speed >= 1 && length / speed <= longestMs;
  const speed = speeds.find(fits) ?? Math.ceil(length / longestMs);
  return { speed, ms: length / speed + standMs };
}

interface FilmOptions {
  canvas: HTMLCanvasElement;
  run: Run;
  incident: Incident | undefined;
  signal: AbortSignal;
  /** 0–1. */
  onProgress: (share: number) => void;
}

/**
 * Plays a run on a canvas and records it.
 * @returns the film; null when `signal` ended it.
 * @throws Error with a sentence when the browser cannot record.
 */
export async function recordFilm({ canvas, run, incident, signal, onProgress }: FilmOptions): Promise<Blob | null> {
  const mimeType = filmType();
  if (!mimeType) throw new Error('This browser cannot record a canvas. Use Chrome, Edge or Firefox, or export JSON and open it there.');
  await ReplayFilm.ready();
  const film = new ReplayFilm(canvas, run, incident);
  const { speed, ms } = planFilm(run);
  film.draw(run.startedAt, 0);
  const stream = canvas.captureStream(rate);
  const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: 4_000_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = (event) => {
    if (event.data.size > 0) parts.push(event.data);
  };
  const ended = new Promise<void>((resolve, reject) => {
    recorder.onstop = () => resolve();
    recorder.onerror = () => reject(new Error('The browser stopped recording. Try again with a shorter run.'));
  });
  recorder.start(1_000);
  const began = performance.now();
  let last = began;
  const timer = setInterval(() => {
    const now = performance.now();
    if (signal.aborted || now - began >= ms) {
      clearInterval(timer);
      if (recorder.state !== 'inactive') recorder.stop();
      return;
    }
    film.draw(run.startedAt + (now - began) * speed, (now - last) / 1_000);
    last = now;
    onProgress(Math.min(1, (now - began) / ms));
  }, 1_000 / rate);
  try {
    await ended;
  } finally {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
  }
  return signal.aborted ? null : new Blob(parts, { type: 'video/webm' });
}
