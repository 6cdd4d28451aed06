import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { cssInRem } from './scripts/lib/css-in-rem.ts';

const at = (file: string) => path.resolve(import.meta.dirname, file);

/**
 * Everything that starts as a program of its own. The names are the files' names in out/main, and others spell them out:
 * package.json (index), scripts/start.mjs and scripts/evenkeel.mjs (cli), and whoever starts the worker threads.
 */
const programs = {
  index: at('electron/main/index.ts'),
  cli: at('electron/headless/cli.ts'),
  'engine-worker': at('electron/engine/thread/worker.ts'),
  'pattern-worker': at('electron/engine/health/patterns/pattern-worker.ts'),
  'demo-node': at('electron/control/lab/demo-node.ts'),
  'lab-clients': at('electron/control/lab/virtual-clients-worker.ts'),
};

/** The first screen's own files are fetched with the page, and not only once the page's other files have run. */
const firstScreenAtOnce: Plugin = {
  name: 'first-screen-at-once',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const chunks = Object.values(bundle ?? {}).filter((one) => one.type === 'chunk');
      const first = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/renderer/features/live/live-screen.tsx'));
      if (bundle && !first) throw new Error('The first screen is not among the built files; was it renamed?');
      return [first?.fileName ?? [], first?.imports ?? []]
        .flat()
        .filter((file) => !html.includes(file))
        .map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${file}` }, injectTo: 'head' as const }));
    },
  },
};

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      emptyOutDir: true,
      // The oldest Node the headless program runs on; Electron's own is newer.
      target: 'node20.19',
      // Packages carry no node_modules: only `electron` and Node's own modules stay imports.
      externalizeDeps: false,
      rolldownOptions: {
        input: programs,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      emptyOutDir: true,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('electron/preload/index.ts') },
        // A sandboxed preload is CommonJS, and has no files beside it to require.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    // Relative, so that one build serves app:// and http:// alike.
    base: './',
    plugins: [react(), firstScreenAtOnce],
    css: { postcss: { plugins: cssInRem } },
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      // The screens are also served to ordinary browsers, by the headless program.
      target: 'chrome120',
      minify: true,
      // One style sheet in one order: a screen's rules must stand after those of the parts it uses, whichever screen came first.
      cssCodeSplit: false,
      rolldownOptions: {
        input: { index: at('renderer/index.html') },
        output: {
          codeSplitting: {
            groups: [
              { name: 'libraries', test: /[\\/]node_modules[\\/](react|react-dom|scheduler|zustand|zod|clsx)[\\/]/ },
              // What every screen is made of, as one file instead of forty small ones.
              { name: 'parts', test: /[\\/]renderer[\\/](ui|forms|stores|bridge)[\\/]|[\\/]shared[\\/]|[\\/]lucide-react[\\/]/ },
            ],
          },
        },
      },
    },
  },
});
