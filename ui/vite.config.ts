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
    rolldownOptions: { input: 'src/main.tsx' },
  },
});
