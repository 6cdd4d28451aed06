import { seededRandom } from '../../support/wait.ts';

/**
 * FUZZ_SECONDS: how long all of it takes together, default 60. FUZZ_SEED: the first seed, default another one in every run;
 * a case that failed is the first one of a run with the seed that was printed.
 */
export const fuzzSeconds = Number(process.env['FUZZ_SECONDS'] ?? 60);
export const firstSeed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);

const enough = 5;

/** A source of whole numbers below n; the same ones for the same seed. */
export type Pick = (n: number) => number;

export interface Case {
  pick: Pick;
  random: () => number;
}

/** What a run found, and how much it looked at. */
export class Findings {
  readonly #lines: string[] = [];
  readonly #deadline: number;
  #seed = firstSeed;
  runs = 0;

  /** @param share of the seconds there are. */
  constructor(share: number) {
    this.#deadline = performance.now() + fuzzSeconds * 1000 * share;
  }

  /** The next case, until the time is up or enough is found. */
  *cases(): Generator<Case & { note(problem: string | undefined): void }> {
    while (performance.now() < this.#deadline && this.#lines.length < enough) {
      const seed = this.#seed++;
      this.runs++;
      const random = seededRandom(seed);
      yield {
        random,
        pick: (n) => Math.floor(random() * n),
        note: (problem) => {
          if (problem !== undefined && this.#lines.length < enough) this.#lines.push(`FUZZ_SEED=${seed}: ${problem}`);
        },
      };
    }
  }

  /** Runs cases one after the other; what they throw is a finding too. */
  each(one: (c: Case) => string | undefined): this {
    for (const c of this.cases()) {
      try {
        c.note(one(c));
      } catch (error) {
        c.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
    }
    return this;
  }

  /** Empty when nothing was found. */
  toString(): string {
    return this.#lines.join('\n');
  }
}

/** One to four changes of a text: something put in, taken out, doubled, replaced, or a part of another text spliced in. */
export function mutateText(text: string, others: readonly string[], spice: readonly string[], pick: Pick): string {
  let out = text;
  for (let i = 1 + pick(4); i > 0; i--) {
    const at = pick(out.length + 1);
    const to = Math.min(out.length, at + 1 + pick(8));
    switch (pick(6)) {
      case 0:
        out = out.slice(0, at) + spice[pick(spice.length)]! + out.slice(at);
        break;
      case 1:
        out = out.slice(0, at) + out.slice(to);
        break;
      case 2:
        out = out.slice(0, to) + out.slice(at);
        break;
      case 3:
        out = out.slice(0, at) + spice[pick(spice.length)]! + out.slice(to);
        break;
      case 4:
        out = out.slice(0, at) + String.fromCharCode(pick(256)) + out.slice(at + 1);
        break;
      default: {
        const other = others[pick(others.length)]!;
        out = out.slice(0, at) + other.slice(pick(other.length));
      }
    }
  }
  return out;
}

/** Some of the time nothing is changed: what is good must stay good. */
export function perhapsMutated(text: string, others: readonly string[], spice: readonly string[], pick: Pick): string {
  return pick(8) === 0 ? text : mutateText(text, others, spice, pick);
}

/** Cuts bytes at up to five random places. */
export function cutAnywhere(bytes: Buffer, pick: Pick): Buffer[] {
  const places = Array.from({ length: pick(6) }, () => pick(bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length)).filter((part) => part.length > 0);
}
