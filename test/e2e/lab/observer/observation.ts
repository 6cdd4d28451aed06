export interface ObserverTask {
  /** The listener's. */
  port: number;
  /** Whose port is watched, and its id. */
  nodePort: number;
  node: string;
  /** The control API: "http://127.0.0.1:7070/". */
  api: string;
  token: string;
  clients: number;
  requestsPerSecond: number;
}

/** Times are milliseconds since the epoch. What is seen by asking again and again happened after `after` and until `at`. */
export interface Observation {
  sent: number;
  answered: number;
  failed: number;
  /** Why, the first twenty. */
  failures: string[];
  /** Requests that had no answer three seconds after the last one was sent. */
  unanswered: number;
  /** The longest it could not look at the port, which it does every few milliseconds: how unsteady the machine was. */
  stallMs: number;
  /** Answers that came from another node than the client's answer before. */
  moves: { client: number; from: string; to: string; sentAt: number; at: number }[];
  /** When the node's port was first seen open, closed, open again. */
  port: { open: boolean; after: number; at: number }[];
  /** When the control API was first seen to say each state of the node. */
  states: { state: string; after: number; at: number }[];
}
