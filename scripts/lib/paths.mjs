import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder, whatever the working directory is. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A path inside the project. */
export const at = (...parts) => path.join(root, ...parts);
