/** Calls the application made to parts of Electron that do nothing here, in order: ["shell.openExternal", [url]]. */
export const calls: [name: string, args: unknown[]][] = [];

/** What the application imported, as it names it, in order. */
export const imported: string[] = [];

/** A function that only notes that it was called. */
export function noted<T>(name: string, answer?: T): (...args: unknown[]) => T {
  return (...args) => {
    calls.push([name, args]);
    return answer as T;
  };
}
