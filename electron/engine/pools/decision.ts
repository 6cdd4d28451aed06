/** One request or session being placed. Reused by its session, so placing costs no garbage. */
export class Placement<N> {
  /** The client's address. */
  client = '';
  /** 32-bit hash of it. */
  key = 0;
  /** Value of the pool's cookie as the client sent it; undefined when it sent none. */
  cookie: string | undefined;
  /** Key of the client in the pool's table; empty when the pool does not stick, or nobody was placed yet. */
  entry = '';
  /** Nodes that failed this request already. */
  readonly tried: N[] = [];
  /** How the node chosen last was chosen: a verdict code of metrics/request-ring.ts, 0 before. */
  how = 0;
  /** Set-Cookie value the answer has to carry; empty when the client holds the right one. */
  setCookie = '';
  /** No node was chosen, but one would have been if it were not at its limit: worth waiting for. */
  onlyFull = false;

  reset(): void {
    this.cookie = undefined;
    this.entry = '';
    // Setting a length is costly even when it changes nothing, and nearly always there is nothing to forget.
    if (this.tried.length > 0) this.tried.length = 0;
    this.how = 0;
    this.setCookie = '';
    this.onlyFull = false;
  }
}
