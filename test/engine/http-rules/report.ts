/** Gathers what went wrong, a few a case, so that one broken rule does not bury the others. */
export class Report {
  readonly #lines: string[] = [];
  readonly #perCase = new Map<string, number>();
  #runs = 0;

  /** Whether a case has failed often enough to leave its other splits out. */
  enough(name: string): boolean {
    return (this.#perCase.get(name) ?? 0) >= 2;
  }

  note(name: string, problem: string | undefined): void {
    this.#runs++;
    if (problem === undefined) return;
    const before = this.#perCase.get(name) ?? 0;
    this.#perCase.set(name, before + 1);
    if (before === 0) this.#lines.push(problem);
  }

  get runs(): number {
    return this.#runs;
  }

  /** Empty when nothing went wrong. */
  toString(): string {
    if (this.#lines.length === 0) return '';
    return `${this.#perCase.size} cases of ${this.#runs} runs failed\n${this.#lines.join('\n')}`;
  }
}
