/** xterm must not answer what the server answers, and must still do what it is told. */
import { Terminal } from '@xterm/xterm';
import { expect, test } from 'vitest';

import { swallowQueries } from './queries';

async function answersTo(text: string, deaf: boolean): Promise<string> {
  const terminal = new Terminal({ allowProposedApi: true });
  let answer = '';
  terminal.onData((data) => (answer += data));
  if (deaf) swallowQueries(terminal.parser);
  await new Promise<void>((done) => terminal.write(text, done));
  return answer;
}

const QUESTIONS: [string, string][] = [
  ['DA1', '\x1b[c'],
  ['DA2', '\x1b[>c'],
  ['status', '\x1b[5n'],
  ['cursor position', '\x1b[6n'],
  ['DEC cursor position', '\x1b[?6n'],
  ['ANSI mode', '\x1b[4$p'],
  ['DEC mode', '\x1b[?2026$p'],
  ['DECRQSS', '\x1bP$qm\x1b\\'],
];

test.each(QUESTIONS)('%s is answered by a plain xterm, not by ours', async (_name, question) => {
  expect(await answersTo(question, false)).not.toBe('');
  expect(await answersTo(question, true)).toBe('');
});

test.each([
  ['XTVERSION', '\x1b[>q'],
  ['kitty keyboard', '\x1b[?u'],
  ['foreground', '\x1b]10;?\x07'],
  ['background', '\x1b]11;?\x1b\\'],
  ['palette', '\x1b]4;1;?\x07'],
  ['window size', '\x1b[18t'],
])('%s is not answered', async (_name, question) => {
  expect(await answersTo(question, true)).toBe('');
});

test('a request for the cursor leaves the text around it alone', async () => {
  const terminal = new Terminal({ allowProposedApi: true });
  swallowQueries(terminal.parser);
  await new Promise<void>((done) => terminal.write('a\x1b[6nb\x1b]11;?\x07c', done));
  expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('abc');
});
