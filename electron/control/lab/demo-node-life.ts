import type { Fault } from '../../../shared/model/fault.ts';
import { startDemoNode, type DemoNodeThread } from './demo-node-thread.ts';

export interface DemoNodePlace {
  host: string;
  /** 1–65,535. */
  port: number;
  /** Where it echoes TCP; undefined: nowhere. */
  tcpPort?: number | undefined;
}

/** What somebody wants to hear of a demo node's life. */
export interface DemoNodeListener {
  /** Its program was killed, or runs again: told at that moment, by whoever asked for it or by its flapping. */
  changed(): void;
  /** It went for one round of its flapping, or came back from it. */
  flapped(gone: boolean): void;
  /** Its program ended though nobody killed it, or did not come back from flapping. */
  ended(reason: string): void;
}

/** One demo node: its program (a thread), and what it suffers. One thing at a time, in the order asked for. */
export class DemoNode {
  readonly id: string;
  readonly label: string;
  readonly place: DemoNodePlace;
  readonly #seed: number;
  readonly #listener: DemoNodeListener;
  #thread: DemoNodeThread | undefined;
  #fault: Fault | null = null;
  #flapTimer: NodeJS.Timeout | undefined;
  #stopped = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(node: { id: string; label: string; seed: number }, place: DemoNodePlace, listener: DemoNodeListener) {
    this.id = node.id;
    this.label = node.label;
    this.place = place;
    this.#seed = node.seed;
    this.#listener = listener;
  }

  get alive(): boolean {
    return this.#thread !== undefined;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  /** @throws PortTakenError when a port cannot be bound; Error when its thread does not start. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#run(this.#fault));
  }

  /**
   * What it suffers from now on, in place of what it suffered; null: nothing, and a dead one starts again.
   * @param begun called at the moment at which it takes effect.
   * @throws PortTakenError when another program took its port meanwhile.
   */
  setFault(fault: Fault | null, begun: () => void = () => undefined): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#stopped) return;
      this.#endFlapping();
      const before = this.#fault;
      try {
        if (fault?.type === 'kill' || fault?.type === 'flap') {
          this.#fault = fault;
          begun();
          await this.#end();
          if (fault.type === 'flap') this.#comeBackAfter(fault);
          return;
        }
        if (fault) {
          this.#fault = fault;
          begun();
        }
        if (this.#thread) await this.#thread.setFault(fault);
        else await this.#run(fault);
        this.#fault = fault;
        if (!fault) begun();
      } catch (error) {
        this.#fault = before;
        throw error;
      }
    });
  }

  /** Ends it for good; its ports refuse and its connections are broken when this resolves. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#endFlapping();
    return this.#inTurn(() => this.#end());
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(step);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(fault: Fault | null): Promise<void> {
    if (this.#thread || this.#stopped) return;
    const { host, port, tcpPort } = this.place;
    this.#thread = await startDemoNode({ host, port, tcpPort, label: this.label, seed: this.#seed, fault }, (reason) => {
      this.#thread = undefined;
      this.#listener.ended(reason);
    });
    this.#listener.changed();
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.kill();
    this.#listener.changed();
  }

  #endFlapping(): void {
    clearTimeout(this.#flapTimer);
  }

  #comeBackAfter(fault: Fault & { type: 'flap' }): void {
    this.#flap(fault, fault.downMs, async () => {
      await this.#run(null);
      this.#listener.flapped(false);
      this.#goAfter(fault);
    });
  }

  #goAfter(fault: Fault & { type: 'flap' }): void {
    this.#flap(fault, fault.upMs, async () => {
      this.#listener.flapped(true);
      await this.#end();
      this.#comeBackAfter(fault);
    });
  }

  #flap(fault: Fault, afterMs: number, step: () => Promise<void>): void {
    this.#flapTimer = setTimeout(() => {
      this.#inTurn(async () => {
        // Another fault, or none, was asked for while this waited for its turn.
        if (this.#fault === fault && !this.#stopped) await step();
      }).catch((error: unknown) => {
        this.#listener.ended(error instanceof Error ? error.message : String(error));
      });
    }, afterMs);
  }
}
