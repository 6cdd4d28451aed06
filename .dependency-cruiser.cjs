/**
 * The layers, kept by a lint. Each rule is seen to fail on a seeded violation in test/unit/tooling/dependency-rules.test.ts.
 * Folders: renderer (screens), electron (main, preload, ipc, control, store, engine, headless), shared (contract and model).
 */
module.exports = {
  forbidden: [
    {
      name: 'renderer-not-to-electron',
      comment: 'The window knows the contract in shared/ and its bridge, nothing of the processes behind it.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^electron/|^electron$|(^|/)node_modules/electron(-store)?/' },
    },
    {
      name: 'renderer-not-to-node',
      comment: 'The page is sandboxed, and the same build runs in an ordinary browser.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-only-zod',
      comment: 'shared/ is read by every process and by the page: nothing of ours, no Node, no DOM library; zod alone.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { pathNot: '^shared/|^zod$|(^|/)node_modules/zod/' },
    },
    {
      name: 'electron-not-to-renderer',
      comment: 'Processes do not import screens.',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^renderer/' },
    },
    {
      name: 'engine-only-engine-and-shared',
      comment: 'The engine knows no files of ours outside itself, no store, no window. It is what a test hosts in one process.',
      severity: 'error',
      from: { path: '^electron/engine/' },
      to: { path: '^(electron|renderer|test|scripts)/', pathNot: '^electron/engine/' },
    },
    {
      name: 'engine-no-packages',
      comment: 'The data plane is pure Node: what serves traffic has no dependency that could change under it.',
      severity: 'error',
      from: { path: '^electron/engine/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'engine-never-reaches-electron',
      comment: 'Not even through somebody else: the engine runs in a worker thread, headless and in tests.',
      severity: 'error',
      from: { path: '^electron/engine/' },
      to: { path: '^electron$|(^|/)node_modules/electron(-store)?/', reachable: true },
    },
    {
      name: 'headless-never-reaches-electron',
      comment: 'The headless program runs on plain Node, where electron and electron-store cannot be loaded.',
      severity: 'error',
      from: { path: '^electron/headless/' },
      to: { path: '^electron$|(^|/)node_modules/electron(-store)?/', reachable: true },
    },
    {
      name: 'electron-only-in-ipc-main-preload',
      comment: 'Only ipc/, preload/ and main/ touch Electron (and its IPC); the store port has one adapter that does.',
      severity: 'error',
      from: { path: '^(electron|shared)/', pathNot: '^electron/(main|preload|ipc)/|^electron/store/electron-store\\.ts$' },
      to: { path: '^electron$|(^|/)node_modules/electron(-store)?/' },
    },
    {
      name: 'preload-never-reaches-zod',
      comment: 'The preload stays small: channel names, no schemas.',
      severity: 'error',
      from: { path: '^electron/preload/' },
      to: { path: '^zod$|(^|/)node_modules/zod/', reachable: true },
    },
    {
      name: 'features-not-to-each-other',
      comment: 'A screen can be read, changed and thrown away alone; what two screens need lives in ui/, stores/ or map/.',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    {
      name: 'no-barrels',
      comment: 'An index file that only re-exports hides where things live; the two programs named index are entries.',
      severity: 'error',
      from: {},
      to: { path: '(^|/)index\\.tsx?$', pathNot: 'node_modules' },
    },
    {
      name: 'no-circular',
      comment: 'Files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere hides every rule behind it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron(/|$)|\\?' },
    },
    {
      name: 'product-not-to-tests',
      comment: 'What ships never needs what tests it.',
      severity: 'error',
      from: { path: '^(electron|renderer|shared)/' },
      to: { path: '^(test|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
