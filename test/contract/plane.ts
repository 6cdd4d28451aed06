import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrustPort } from '../../electron/control/authority/authority-keeper.ts';
import { fileVault } from '../../electron/control/authority/key-vault.ts';
import type { LogLevel } from '../../electron/control/log.ts';
import { createControlPlane, type ControlPlane } from '../../electron/control/control-plane.ts';
import { createMemoryStore } from '../../electron/store/memory-store.ts';
import type { BackupShelf } from '../../electron/store/store.ts';
import type { TrustStore } from '../../shared/model/authority.ts';
import { parseConfig } from '../../shared/model/validate.ts';
import { FakeEngine } from '../unit/control/fake-engine.ts';
import { createFakeLab } from '../unit/control/fake-lab.ts';

export const document = {
  version: 1,
  listeners: [{ id: 'web', port: 18080, protocol: 'http', pool: 'web' }],
  pools: [{ id: 'web', nodes: [{ id: 'a', address: '127.0.0.1:9001' }] }],
};

const demo = parseConfig({
  version: 1,
  listeners: [{ id: 'demo', port: 18081, protocol: 'http', pool: 'demo' }],
  pools: [{ id: 'demo', nodes: [{ id: 'x', address: '127.0.0.1:9003' }] }],
}).config!;

export const keptId = '2026-01-02T03-04-05-678Z';

/** One copy of an earlier document, of before its last node came. */
const shelf: BackupShelf = {
  keep: () => Promise.resolve(),
  mirror: () => Promise.resolve(false),
  list: () => Promise.resolve([{ id: keptId, time: 1_767_323_045_678, bytes: 100 }]),
  read: () => Promise.resolve({ ...document, pools: [{ id: 'web', nodes: [] }] }),
  newestGood: () => Promise.resolve(undefined),
};

const nobody: TrustStore = {
  id: 'system',
  name: 'System store',
  readers: 'nobody',
  trusted: false,
  evidence: 'it was not asked',
  allowed: true,
  note: null,
  trustCommands: [],
  untrustCommands: [],
};
/** A store that changes nothing on the machine. */
const trust: TrustPort = {
  status: () => Promise.resolve([nobody]),
  trust: () => Promise.resolve({ ...nobody, trusted: true }),
  untrust: () => Promise.resolve(nobody),
};
const authorityFolder = () => {
  const folder = join(tmpdir(), `evenkeel-authority-${randomUUID()}`);
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
};

export interface TestPlane {
  plane: ControlPlane;
  engine: FakeEngine;
  logged: { level: LogLevel; message: string; fields?: Record<string, unknown> | undefined }[];
}

/** A whole control plane over a fake engine and a fake lab, with its answers held against the contract. */
export async function testPlane(): Promise<TestPlane> {
  const engine = new FakeEngine();
  const logged: TestPlane['logged'] = [];
  const plane = createControlPlane({
    host: 'headless',
    version: '0.0.0',
    store: { ...createMemoryStore(document), backups: shelf },
    settingsStore: createMemoryStore(),
    engineHost: engine,
    createLab: (context) =>
      createFakeLab(
        () => context.setOverlay(demo),
        () => context.setOverlay(null),
      ),
    log: (level, message, fields) => logged.push({ level, message, fields }),
    authority: { folder: authorityFolder(), vault: fileVault(), trust },
    validateResults: true,
  });
  await plane.start();
  return { plane, engine, logged };
}
