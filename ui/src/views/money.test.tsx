/** Budgets on the page: what needs somebody, the banner and its one click, who may raise, and the prices of models. */
import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { user } from '../api/auth';
import { putAway, warn, warningOf, warnings } from '../api/budgets';
import type { Standing } from '../api/money-types';
import { byId, sessions } from '../api/sessions';
import type { Session } from '../api/types';
import { storedText, sourceText } from './keys/provider';
import { launchOf } from './launcher';
import { BudgetBanner, keeperText } from './limit';
import { allPrices, ModelChoice, shortPrices } from './models';
import { needsYou, statusText } from './status';

const budget: Standing = {
  id: 'b1',
  name: '',
  scope: 'session',
  period: 'total',
  action: 'block',
  limitUsd: '1.00',
  spentUsd: '1.25',
  leftUsd: '0.00',
  percent: 125,
  softPercent: 80,
};
const running = {
  id: 's1',
  name: 'work',
  status: 'running',
  state: 'over_budget',
  createdAt: '2026-01-01T00:00:00Z',
} as Session;
const held: Session = { ...running, budget, blockedBy: { budget, message: 'no', neededUsd: '0.00' } };

let asked: { method: string; url: string; body: unknown }[];
let answers: Record<string, object>;

function drawn(element: preact.ComponentChild): HTMLElement {
  const root = document.createElement('div');
  document.body.append(root);
  render(element, root);
  return root;
}

beforeEach(() => {
  asked = [];
  answers = {};
  user.value = { id: 1, username: 'me', role: 'admin', isStaff: true, hasPassword: true };
  sessions.value = [held];
  vi.stubGlobal('fetch', async (url: string, { method, body }: { method: string; body?: string }) => {
    asked.push({ method, url, body: body && JSON.parse(body) });
    const data = answers[url];
    return data
      ? Response.json({ success: true, data })
      : Response.json(
          { success: false, error: { code: 'NOT_FOUND', message: 'There is no such budget' } },
          { status: 404 },
        );
  });
});

afterEach(() => {
  for (const root of document.body.children) render(null, root);
  document.body.replaceChildren();
  warnings.value = new Map();
  putAway.value = new Set();
  sessions.value = null;
  user.value = undefined;
  vi.unstubAllGlobals();
});

test('a session over its budget needs somebody', () => {
  expect(statusText(held)).toBe('Over budget');
  expect(needsYou(held)).toBe(true);
  expect(needsYou({ ...held, status: 'exited' })).toBe(false);
});

test('one click raises the session’s own budget, and the session is as the server says at once', async () => {
  const free = { ...held, state: 'idle', blockedBy: null, budget: { ...budget, limitUsd: '2.00', percent: 62 } };
  answers['/api/sessions/s1'] = { session: free };
  const root = drawn(<BudgetBanner session={held} />);
  expect(root.textContent).toContain('The budget of this session is used up: $1.25 of $1.00 spent');
  const [raise] = root.querySelectorAll('button');
  expect(raise?.textContent).toBe('Raise to $2.00');
  raise?.click();
  await vi.waitFor(() => expect(byId.value.get('s1')?.blockedBy).toBeNull());
  expect(asked).toEqual([{ method: 'PATCH', url: '/api/sessions/s1', body: { budget: { limitUsd: '2.00' } } }]);
});

test('another budget that holds the session is raised itself', async () => {
  const team: Standing = { ...budget, id: 'b2', name: 'team', scope: 'global', period: 'month' };
  answers['/api/costs/budgets/b2'] = { budget: team };
  const root = drawn(<BudgetBanner session={{ ...held, budget: null, blockedBy: { budget: team, message: '', neededUsd: '0.00' } }} />);
  expect(root.textContent).toContain('The budget “team” for all calls is used up: $1.25 of $1.00 spent this month');
  root.querySelector('button')?.click();
  await vi.waitFor(() =>
    expect(asked.map(({ method, url }) => [method, url])).toEqual([['PATCH', '/api/costs/budgets/b2']]),
  );
});

test('who may not raise a budget is told who can', async () => {
  user.value = { id: 1, username: 'me', role: 'member', isStaff: false, hasPassword: true };
  answers['/api/costs/budgets/b1'] = { budget: { createdBy: 'alice' } };
  const root = drawn(<BudgetBanner session={held} />);
  await vi.waitFor(() => expect(root.textContent).toContain('It was set by alice, who can raise it, or an administrator.'));
  expect(root.querySelector('button')).toBeNull();
});

test('a budget that one may not even see is an administrator’s', async () => {
  user.value = { id: 1, username: 'me', role: 'member', isStaff: false, hasPassword: true };
  const root = drawn(<BudgetBanner session={held} />);
  await vi.waitFor(() => expect(root.textContent).toContain('An administrator can raise it.'));
});

test('a budget of one’s own can be raised by anybody', () => {
  expect(keeperText('me', 'me')).toBe('');
  expect(keeperText(null, 'me')).toBe('An administrator can raise it.');
});

test('where no price is known the refusal is said in the server’s words', () => {
  const root = drawn(
    <BudgetBanner session={{ ...held, blockedBy: { budget: null, message: 'No price is known for x.', neededUsd: '0.00' } }} />,
  );
  expect(root.textContent).toContain('No price is known for x.');
  expect(root.querySelector('button')).toBeNull();
});

test('a budget that is nearly used up warns until it is put away, or raised', () => {
  const nearly = { ...running, state: 'idle', budget: { ...budget, spentUsd: '0.90', percent: 90 } } as Session;
  expect(warningOf(nearly)?.id).toBe('b1');
  const root = drawn(<BudgetBanner session={nearly} />);
  expect(root.textContent).toContain('90 % of the budget of this session is used: $0.90 of $1.00 spent');
  root.querySelector<HTMLElement>('[aria-label="Put the warning away"]')?.click();
  expect(warningOf(nearly)).toBeNull();
  expect(warningOf({ ...nearly, budget: { ...nearly.budget!, limitUsd: '1.05' } })).not.toBeNull();
});

test('a warning of a budget that is not the session’s own is kept', () => {
  warn('s1', { ...budget, id: 'b9', scope: 'user', percent: 85 });
  expect(warningOf({ ...running, budget: null } as Session)?.id).toBe('b9');
});

test('prices are told for a million tokens', () => {
  const prices = { input: '3.00', cacheRead: '0.30', cacheWrite: '3.75', output: '15.00' };
  expect(shortPrices(prices)).toBe('$3 in · $15 out');
  expect(allPrices(prices)).toBe('$3 in · $0.30 cache read · $3.75 cache write · $15 out for a million tokens');
  expect(allPrices(null)).toContain('No price is known');
});

test('models are those of the chosen provider, each with its price, and one without a key can’t be chosen', async () => {
  const [model, other] = [
    {
      id: 'opus',
      name: 'Opus',
      provider: 'anthropic',
      description: '',
      deprecated: false,
      prices: { input: '4.00', output: '20.00' },
    },
    { id: 'qwen', name: 'Qwen', provider: 'openrouter', description: '', deprecated: false, prices: null },
  ];
  answers['/api/models/agent/claude'] = {
    agent: 'claude',
    provider: 'anthropic',
    defaultModel: 'opus',
    models: [model, other],
    providers: [
      { id: 'anthropic', name: 'Anthropic', configured: true },
      { id: 'openrouter', name: 'OpenRouter', configured: true },
      { id: 'groq', name: 'Groq', configured: false },
    ],
  };
  const root = drawn(<ModelChoice agent="claude" />);
  await vi.waitFor(() => expect(root.textContent).toContain('$4 in · $20 out for a million tokens'));
  const options = (name: string): [string, boolean][] =>
    [...root.querySelectorAll<HTMLOptionElement>(`select[name=${name}] option`)].map((option) => [
      option.text,
      option.disabled,
    ]);
  expect(options('provider')).toEqual([
    ['Anthropic', false],
    ['OpenRouter', false],
    ['Groq (no key)', true],
  ]);
  expect(options('model').map(([text]) => text)).toEqual(['Opus (default)', 'Opus — $4 in · $20 out', 'Another one…']);
  const select = root.querySelector<HTMLSelectElement>('select[name=provider]')!;
  select.value = 'openrouter';
  select.dispatchEvent(new Event('change', { bubbles: true }));
  await vi.waitFor(() => expect(options('model').map(([text]) => text)).toEqual(['The default', 'Qwen', 'Another one…']));
});

test('the launcher sends a budget, a provider and a model only when they are given', () => {
  const form = new FormData();
  expect(launchOf(form, 'codex', null, '')).toEqual({ agent: 'codex' });
  form.set('budget', ' $2.50 ');
  form.set('provider', 'openrouter');
  form.set('other-model', 'qwen/qwen3');
  expect(launchOf(form, 'codex', null, '')).toEqual({
    agent: 'codex',
    provider: 'openrouter',
    model: 'qwen/qwen3',
    budget: { limitUsd: '2.50' },
  });
});

test('it is said by whose key a provider is asked', () => {
  const provider = {
    id: 'x',
    name: 'X',
    configured: true,
    keySource: null,
    needsKey: true,
    keyPage: null,
    missingEnvVars: [],
    dialects: [],
    keyVariables: [],
  };
  expect(sourceText({ ...provider, keySource: 'env' })).toBe('From the server’s environment');
  expect(sourceText({ ...provider, needsKey: false })).toBe('Needs no key');
  expect(sourceText({ ...provider, configured: false })).toBe('No key');
});

test('a stored key is told by its end, never more', () => {
  const key = {
    provider: 'x',
    scope: 'all',
    ending: '5678',
    baseUrl: null,
    storedAt: '2026-01-01T00:00:00Z',
    storedBy: 'root',
    usable: true,
  } as const;
  const at = Date.parse('2026-01-01T02:00:00Z');
  expect(storedText(key, at)).toBe('Key for everybody …5678, stored 2 h ago by root');
  expect(storedText({ ...key, scope: 'own', ending: null }, at)).toBe('Your key, stored 2 h ago');
});
