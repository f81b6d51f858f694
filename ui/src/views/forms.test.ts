/** What the forms send, and the sentences around a terminal. */
import { expect, test } from 'vitest';

import type { Profile, Session } from '../api/types';
import { fittingFont } from '../term/fit';
import { tagsOf } from '../ui/form';
import { lasting } from '../ui/time';
import { controlText } from './control';
import { endText } from './exit';
import { ApiError } from '../api/client';
import { commandIn } from './agents';
import { launchOf, profileOf, refusedField } from './launcher';
import { draftOf, textOfVariables, variablesOf } from './profile-form';

function form(fields: Record<string, string>): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
}

const profile = { id: 'custom-1', name: 'Backend', agent: 'shell', args: ['-l'], provider: null, icon: null } as Profile;

test('a launch says only what was filled in', () => {
  const empty = form({ name: ' ', cwd: '', words: '', tags: '' });
  expect(launchOf(empty, 'shell', null, '')).toEqual({ agent: 'shell' });
  const full = form({ name: ' x ', cwd: '/tmp', words: 'ls', tags: 'a, b', shell: '/bin/sh' });
  expect(launchOf(full, 'shell', null, '#4a9eff')).toEqual({
    agent: 'shell', name: 'x', cwd: '/tmp', initialCommand: 'ls', tags: ['a', 'b'], shell: '/bin/sh', color: '#4a9eff',
  });
});

test('a launch names a network and its hosts only when they were chosen', () => {
  const chosen = form({ network: 'proxy', hosts: ' github.com,*.example.org, github.com' });
  expect(launchOf(chosen, 'shell', null, '')).toEqual({
    agent: 'shell', network: 'proxy', networkAllow: ['github.com', '*.example.org'],
  });
  expect(launchOf(form({ network: '', hosts: '' }), 'shell', null, '')).toEqual({ agent: 'shell' });
});

test('a repository is begun with instead of a folder, on a branch of its own if wanted', () => {
  const byAddress = form({ 'repo-url': 'https://example.org/x.git', branch: 'main' });
  expect(launchOf(byAddress, 'shell', null, '')).toEqual({
    agent: 'shell', repo: { url: 'https://example.org/x.git', branch: 'main' },
  });
  const onDisk = form({ 'repo-path': '/srv/x/', worktree: 'on', record: 'on' });
  expect(launchOf(onDisk, 'shell', null, '')).toEqual({
    agent: 'shell', repo: { path: '/srv/x', worktree: true }, record: true,
  });
});

test('a profile keeps of a launch what is not of that one session alone', () => {
  const launch = launchOf(form({ name: 'x', words: 'ls', tags: 'a', shell: '/bin/sh', budget: '5' }), 'shell', null, '');
  expect(profileOf('Mine', launch, 'shell')).toEqual({
    name: 'Mine', agent: 'shell', initialCommand: 'ls', tags: ['a'], path: '/bin/sh',
  });
});

test('a refusal is said beside the field that it is about', () => {
  const refusal = (message: string, details = {}, status = 400): ApiError =>
    new ApiError(status, 'INVALID_REQUEST', message, details);
  const fields = [{ field: 'networkAllow.0', message: 'networkAllow.0: not a host' }];
  expect(refusedField(refusal('networkAllow.0: not a host', { fields }))?.[0]).toBe('networkAllow');
  expect(refusedField(refusal('cwd: no such folder'))).toEqual(['cwd', 'No such folder']);
  expect(refusedField(refusal('The runner says no'))).toBe(null);
  expect(refusedField(refusal('cwd', {}, 409))).toBe(null);
});

test('a command to run is found in a hint', () => {
  expect(commandIn('Run: agterm agents install claude')).toBe('agterm agents install claude');
  expect(commandIn('Put it on PATH')).toBe(null);
});

test('an agent is given a prompt, a shell a command, and a profile is named instead of its agent', () => {
  expect(launchOf(form({ words: 'Fix it' }), 'claude', null, '')).toEqual({ agent: 'claude', prompt: 'Fix it' });
  expect(launchOf(form({ words: 'ls' }), 'shell', profile, '')).toEqual({ profile: 'custom-1', initialCommand: 'ls' });
});

test('tags are parted by commas, each once', () => {
  expect(tagsOf(' web,urgent, ,web')).toEqual(['web', 'urgent']);
});

test('variables are lines of NAME=value and come back as they were', () => {
  expect(variablesOf('A=1\n\nB=x=y\n')).toEqual({ A: '1', B: 'x=y' });
  expect(textOfVariables({ A: '1', B: 'x=y' })).toBe('A=1\nB=x=y');
  expect(() => variablesOf('nonsense')).toThrow('nonsense');
});

test('a changed profile keeps what the form does not show, unless it is for another agent', () => {
  const fields = form({ name: 'Backend', env: '', words: 'ls' });
  expect(draftOf(fields, 'shell', '', profile)).toMatchObject({ args: ['-l'], initialCommand: 'ls', prompt: null });
  expect(draftOf(fields, 'claude', '', profile)).toMatchObject({ args: [], initialCommand: null, prompt: 'ls' });
});

test('who drives is said in the reader’s own words', () => {
  expect(controlText({ user: 'alice' }, 'bob', 2)).toBe('alice drives · 2 watching');
  expect(controlText({ user: 'bob' }, 'bob', 1)).toBe('Your other window drives · 1 watching');
  expect(controlText(null, 'bob', 0)).toBe('Nobody drives');
});

test('an end is explained', () => {
  const ended = { status: 'exited', endedBy: null } as Session;
  const exit = { code: 7, signal: null };
  expect(endText(ended, exit)).toBe('Process exited (code 7).');
  expect(endText({ ...ended, endedBy: 'idle' }, exit)).toBe('Ended after being idle.');
  expect(endText({ ...ended, endedBy: 'stop' }, exit)).toBe('Stopped.');
  expect(endText({ ...ended, endedBy: 'memory' }, exit)).toContain('memory');
  expect(endText({ ...ended, status: 'lost' }, exit)).toBe('The runner lost this process.');
});

test('a watcher’s font is as large as the screen allows, and never unreadable', () => {
  const size = { width: 800, height: 400 };
  expect(fittingFont(14, size, { width: 400, height: 400 }, 14)).toBe(7);
  expect(fittingFont(14, size, { width: 1600, height: 200 }, 14)).toBe(7);
  expect(fittingFont(14, size, { width: 80, height: 40 }, 14)).toBe(6);
  expect(fittingFont(7, size, { width: 4000, height: 4000 }, 14)).toBe(14);
});

test('how long a state lasts', () => {
  const now = Date.parse('2026-01-01T01:00:00Z');
  expect(lasting('2026-01-01T00:55:00Z', now)).toBe('5 min');
  expect(lasting('2026-01-01T00:59:58Z', now)).toBe('');
  expect(lasting(undefined, now)).toBe('');
});
