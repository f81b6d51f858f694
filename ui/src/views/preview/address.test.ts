/** Where a typed path leads in a preview. */
import { expect, test } from 'vitest';

import { frameAddress } from './address';

const OWN = '/preview/5173/?agtermSession=abc';

test('a path with a query and a fragment is asked of the previewed server', () => {
  expect(frameAddress(OWN, '/')).toBe('/preview/5173/?agtermSession=abc');
  expect(frameAddress(OWN, '/about/us?lang=en#top')).toBe('/preview/5173/about/us?agtermSession=abc&lang=en#top');
  expect(frameAddress(OWN, '/a%20b c')).toBe('/preview/5173/a%20b%20c?agtermSession=abc');
});

test('no path leads out of the preview', () => {
  for (const path of ['//evil.example/x', '/../../api/sessions', '\\\\evil.example', '/%2e%2e/%2E%2e/api', 'http://evil.example/']) {
    expect(new URL(frameAddress(OWN, path), 'http://here').pathname).toMatch(/^\/preview\/5173\//);
    expect(new URL(frameAddress(OWN, path), 'http://here').host).toBe('here');
  }
});
