import { z } from 'zod';

/** A program that listens on this machine and could be a node. */
export const foundServerSchema = z.object({
  /** As a node's address: "127.0.0.1:3000", "[::1]:5173". */
  address: z.string(),
  /** Its short name: "node", "python". */
  program: z.string(),
  pid: z.number(),
});
export type FoundServer = z.output<typeof foundServerSchema>;
