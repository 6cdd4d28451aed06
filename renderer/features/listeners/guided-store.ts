import { create } from 'zustand';

interface GuidedForm {
  name: string;
  /** As typed; null while nobody has, and a free port is proposed. */
  port: string | null;
  servers: string;
  https: boolean;
  /** Id of the certificate to answer with; "": one is made for this machine; null: nobody has chosen. */
  certificate: string | null;
  sticky: boolean;
}

const blank: GuidedForm = { name: 'Web', port: null, servers: '', https: false, certificate: null, sticky: true };

/** What was typed into the guided form; it outlives the form, so that a switch of screens loses nothing. */
export const useGuidedForm = create<GuidedForm & { set(change: Partial<GuidedForm>): void; reset(): void }>((set) => ({
  ...blank,
  set: (change) => set(change),
  reset: () => set(blank),
}));

/** The first port that is not among those `taken`, from the one that is usual for trying on. */
export function freePort(https: boolean, taken: readonly number[]): number {
  let port = https ? 8443 : 8080;
  while (taken.includes(port)) port++;
  return port;
}
