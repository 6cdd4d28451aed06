/** Literal channel names, free of zod: the preload imports this file and nothing else of the contract. */
export const requestChannels = [
  'app.info',
  'app.setPaused',
  'app.takeOpenings',
  'config.get',
  'config.validate',
  'config.apply',
  'config.export',
  'config.import',
  'config.reload',
  'backups.list',
  'backups.get',
  'backups.restore',
  'node.setMode',
  'node.moveClients',
  'engine.snapshot',
  'clients.list',
  'clients.summary',
  'clients.pin',
  'clients.unpin',
  'clients.release',
  'journal.list',
  'requests.list',
  'traffic.history',
  'history.span',
  'history.range',
  'runs.list',
  'runs.get',
  'runs.save',
  'runs.rename',
  'runs.remove',
  'check.try',
  'certificates.list',
  'certificates.inspect',
  'certificates.generate',
  'authority.status',
  'authority.create',
  'authority.replace',
  'authority.issue',
  'authority.trust',
  'authority.untrust',
  'discovery.list',
  'lab.get',
  'lab.start',
  'lab.end',
  'lab.setClients',
  'lab.kill',
  'lab.revive',
  'lab.setFault',
  'lab.injectFault',
  'lab.endFaults',
  'lab.scenarios',
  'lab.checkScenario',
  'lab.runScenario',
  'lab.stopScenario',
  'settings.get',
  'settings.set',
  'updates.get',
  'updates.check',
  'updates.download',
  'updates.stop',
  'updates.install',
] as const;
export type RequestChannel = (typeof requestChannels)[number];

export const eventChannels = [
  'engine.patch',
  'traffic.tick',
  'journal.entry',
  'requests.tick',
  'config.changed',
  'lab.changed',
  'settings.changed',
  'runs.changed',
  'app.paused',
  'app.openings',
  'updates.changed',
] as const;
export type EventChannel = (typeof eventChannels)[number];

/** The bridge the preload puts on `window`: names are checked on both sides, values are validated in main and renderer. */
export interface Bridge {
  request(channel: RequestChannel, params: unknown): Promise<unknown>;
  /** @returns a function that ends the subscription. */
  subscribe(channel: EventChannel, callback: (payload: unknown) => void): () => void;
}

/** The property of `window` the bridge stands at. */
export const bridgeKey = 'evenkeel';
