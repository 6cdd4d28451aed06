/**
 * The preload's side of Electron, as source text that runs in a page before any of the page's scripts: a `require` that
 * knows `electron` alone, as in a sandbox. It shares the page's world (Electron isolates it), so everything it needs is
 * kept in one closure, and what contextBridge exposes are frozen wrappers that pass copies.
 */
export function preloadScript(source: string): string {
  return `(() => {
  const invoke = window.__standInInvoke;
  delete window.__standInInvoke;
  const listeners = new Map();
  const ipcRenderer = {
    invoke: async (channel, ...args) => {
      const { value, error } = await invoke({ channel, args });
      if (error !== undefined) throw new Error("Error invoking remote method '" + channel + "': " + error);
      return value;
    },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    removeListener(channel, listener) {
      listeners.set(channel, (listeners.get(channel) ?? []).filter((other) => other !== listener));
      return ipcRenderer;
    },
  };
  Object.defineProperty(window, '__standInDispatch', {
    value: (channel, args) => {
      for (const listener of listeners.get(channel) ?? []) listener({ sender: ipcRenderer }, ...args);
    },
  });
  const wrap = (value) => {
    if (typeof value === 'function') return (...args) => wrap(value(...args));
    if (value instanceof Promise || value === null || typeof value !== 'object') return value;
    return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wrap(inner)])));
  };
  const contextBridge = {
    exposeInMainWorld: (key, api) => Object.defineProperty(window, key, { value: wrap(api), enumerable: true }),
  };
  const require = (name) => {
    if (name === 'electron') return { ipcRenderer, contextBridge };
    throw new Error('module not found: ' + name + ' (a sandboxed preload has electron alone)');
  };
  const module = { exports: {} };
  (function (require, module, exports, process) {
${source}
  })(require, module, module.exports, { type: 'renderer', sandboxed: true, contextIsolated: true });
})();`;
}
