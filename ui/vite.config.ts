/** Builds the page into the Python package; Django reads manifest.json, WhiteNoise serves the hashed assets. */
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/static/app/',
  build: {
    outDir: '../agterm/static/app',
    emptyOutDir: true,
    manifest: 'manifest.json', // the default folder starts with a dot, which the static finders skip
    target: 'es2023',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['src/main.tsx', 'src/share.tsx'],
      // One chunk of what every page shares: a dozen small ones cost a first load more than their bytes.
      output: { codeSplitting: { groups: [{ name: 'base', tags: ['$initial'], minShareCount: 2 }] } },
    },
  },
});
