/** Money as it is read: exact, short, and with what must be told beside it. */
import { expect, test } from 'vitest';

import type { Cost } from './api/money-types';
import { count, exact, higher, picoOf, price, short } from './money';
import { costWords } from './views/cost';

const none: Cost = {
  costUsd: '0.00',
  requests: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  unpricedRequests: 0,
  apiEquivalentUsd: '0.00',
  apiEquivalentRequests: 0,
  apiEquivalentTokens: 0,
};

test.each([
  ['0.00', '$0'],
  ['0.42', '$0.42'],
  ['0.004', '<$0.01'],
  ['0.000000000001', '<$0.01'],
  ['0.009999999999', '<$0.01'],
  ['0.01', '$0.01'],
  ['1.005', '$1.01'],
  ['0.995', '$1.00'],
  ['1234567.5', '$1,234,567.50'],
  ['8999999.999999999999', '$9,000,000.00'],
  ['-0.42', '−$0.42'],
  ['-0.004', '>−$0.01'],
  ['nonsense', '$0'],
])('%s dollars are read as %s', (dollars, text) => {
  expect(short(dollars)).toBe(text);
});

test('no decimal is lost where all are shown', () => {
  expect(exact('0.012345')).toBe('$0.012345');
  expect(exact('-0.000000000001')).toBe('−$0.000000000001');
  expect(picoOf('8999999.999999999999')).toBe(8_999_999_999_999_999_999n);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1k'],
  [12_345, '12.3k'],
  [999_700, '1M'],
  [4_100_000, '4.1M'],
  [123_456_789, '123M'],
])('%d tokens are read as %s', (amount, text) => {
  expect(count(amount)).toBe(text);
});

test('a price has no needless zeros', () => {
  expect([price('3.00'), price('0.50'), price('10'), price('0.0375')]).toEqual(['$3', '$0.50', '$10', '$0.0375']);
});

test.each([
  ['5.00', '5.00', ['10.00', '10.00']],
  ['1.00', '1.25', ['2.00', '6.25']],
  ['1.00', '7.001', ['8.01', '12.01']],
  ['0.001', '0.0005', ['0.01', '5.01']],
])('a limit of %s with %s spent can be raised to what lets work go on', (limit, spent, offered) => {
  expect(higher(limit, spent)).toEqual([...new Set(offered)]);
  for (const amount of offered) expect(picoOf(amount) > picoOf(spent)).toBe(true);
});

test('a session that asked for nothing has no cost to show', () => {
  expect(costWords(none)).toBeNull();
  expect(costWords(undefined)).toBeNull();
});

test('a cost is short with all its decimals behind it', () => {
  const words = costWords({ ...none, costUsd: '0.421234', requests: 3 });
  expect(words).toMatchObject({ billed: '$0.42', plan: '', unpriced: '' });
  expect(words?.title).toBe('$0.421234 for 3 requests');
});

test('what a subscription bore stands beside dollars and says that it is not billed', () => {
  const words = costWords({ ...none, costUsd: '0.10', requests: 1, apiEquivalentUsd: '1.20' });
  expect(words).toMatchObject({ billed: '$0.10', plan: '≈ $1.20 plan' });
  expect(words?.title).toContain('is not billed');
  expect(costWords({ ...none, apiEquivalentUsd: '1.20', requests: 2 })?.billed).toBe('');
});

test('requests without a price are marked, and are not nothing', () => {
  const words = costWords({ ...none, requests: 2, unpricedRequests: 2 });
  expect(words).toMatchObject({ billed: '', unpriced: 'unpriced' });
  expect(words?.title).toContain('without a known price');
});

test('what is offered is enough for the call that was refused', () => {
  expect(higher('0.05', '0', '0.1924')[0]).toBe('0.25');
});
