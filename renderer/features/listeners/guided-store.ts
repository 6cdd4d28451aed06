import { create } from 'zustand';

interface GuidedForm {
  name: string;
  port: string;
  servers: string;
}

const blank: GuidedForm = { name: 'Web', port: '8080', servers: '' };

/** What was typed into the guided form; it outlives the form, so that a switch of screens loses nothing. */
export const useGuidedForm = create<GuidedForm & { set(change: Partial<GuidedForm>): void; reset(): void }>((set) => ({
  ...blank,
  set: (change) => set(change),
  reset: () => set(blank),
}));
