import { dialog } from 'electron';
import type { ControlPlane } from '../control/control-plane.ts';
import { log } from './log.ts';
import { screenOfLink } from './deep-link.ts';
import { readOpened, type Asked } from './opened-things.ts';

/** Hands a file to the window, which shows what it would change and asks; or says why it cannot. */
async function openFile(plane: Pick<ControlPlane, 'openings'>, file: string): Promise<void> {
  const opened = await readOpened(file);
  if ('text' in opened) plane.openings.add({ kind: 'file', ...opened });
  else plane.openings.add({ kind: 'notice', title: `${opened.name} cannot be opened`, text: opened.problem });
}

/** Hands over to the window what the system was asked to open. Files and links never change anything by themselves. */
export async function openInWindow(plane: Pick<ControlPlane, 'openings' | 'workspace'>, asked: readonly Asked[]): Promise<void> {
  for (const one of asked) {
    if (one.kind === 'file') {
      await openFile(plane, one.path);
      continue;
    }
    const hash = screenOfLink(one.link, plane.workspace.get());
    if (hash !== undefined) plane.openings.add({ kind: 'screen', hash });
    else log('warn', 'A link was ignored: it leads to nothing that is known here.', { link: one.link.slice(0, 100) });
  }
}

/** Asks for a configuration and hands it to the window. */
export async function chooseConfiguration(plane: Pick<ControlPlane, 'openings'>): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog({
    title: 'Open configuration',
    properties: ['openFile'],
    filters: [
      { name: 'Configurations', extensions: ['json', 'cfg', 'conf'] },
      { name: 'All files', extensions: ['*'] },
    ],
  });
  for (const file of filePaths.slice(0, 1)) await openFile(plane, file);
}
