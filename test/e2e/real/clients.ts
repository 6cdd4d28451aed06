import { Agent, request } from 'node:http';

/** A handful of keep-alive clients that GET without a pause, and remember everything that was not a 200. */
export class Clients {
  requests = 0;
  /** Everything but 200, as a person would read it. */
  readonly lost: string[] = [];
  /** Answers by body. */
  readonly answers = new Map<string, number>();
  slowestMs = 0;
  readonly #agent: Agent;
  readonly #loops: Promise<void>[];
  #running = true;

  constructor(port: number, count = 8) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: count });
    this.#loops = Array.from({ length: count }, () => this.#loop(port));
  }

  async #loop(port: number): Promise<void> {
    while (this.#running) {
      const beganAt = performance.now();
      try {
        const { status, body } = await this.#get(port);
        if (status !== 200) this.lost.push(`${status} ${body.slice(0, 80)}`);
        else this.answers.set(body, (this.answers.get(body) ?? 0) + 1);
      } catch (error) {
        this.lost.push(String(error));
      }
      this.requests += 1;
      this.slowestMs = Math.max(this.slowestMs, performance.now() - beganAt);
    }
  }

  #get(port: number): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const ask = request({ host: '127.0.0.1', port, agent: this.#agent, timeout: 5000 }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, body });
        });
      });
      ask.on('timeout', () => ask.destroy(new Error('no answer within 5 s')));
      ask.on('error', reject);
      ask.end();
    });
  }

  /** Lets the last requests end. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
    this.#agent.destroy();
  }
}
