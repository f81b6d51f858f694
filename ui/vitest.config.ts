/** Unit tests sit beside the code they test; the browser itself is tested from tests/browser. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
});
