import type { ServicePlan } from './service-plan.ts';

/** A program that keeps services running. */
export interface ServiceManager {
  /** Why it cannot be had here, and what to do instead; undefined: it can. */
  missing(): string | undefined;
  /** The file of a service, and its text. @throws Error when a path cannot be written into it. */
  file(plan: ServicePlan): { path: string; text: string };
  /** Each says what it does on `out`, what went wrong on `err`. @returns the exit code. */
  install(plan: ServicePlan): Promise<number>;
  remove(options: { purge: boolean }): Promise<number>;
  status(): Promise<number>;
}
