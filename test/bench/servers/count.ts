/** What every load generator here is told, as JSON in its first argument. */
export interface LoadTask {
  port: number;
  tls: boolean;
  path: string;
  connections: number;
  seconds: number;
  cookies: string[];
  /** Mean pause of a connection between an answer and its next request, ms; 0: none. */
  thinkMs: number;
  /** Handshakes: resume the session of an earlier connection. */
  resume: boolean;
}

export const task = JSON.parse(process.argv[2] ?? '{}') as LoadTask;

/** What it has done so far. */
export const counts = { requests: 0, bytes: 0, errors: 0 };

/** Milliseconds to each answer; kept only where pauses make them mean something. */
export const times: number[] = [];

/** A pause with an exponential distribution: arrivals of many independent clients. */
export const pause = (): number => -Math.log(1 - Math.random()) * task.thinkMs;

setTimeout(() => {
  times.sort((a, b) => a - b);
  const at = (share: number): number | undefined => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  process.stdout.write(`${JSON.stringify({ ...counts, p50Ms: at(0.5), p99Ms: at(0.99) })}\n`, () => process.exit(0));
}, task.seconds * 1000);
