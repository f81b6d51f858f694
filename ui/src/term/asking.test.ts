/** What programs and pasted text may do without anybody's yes: nothing that runs, leads away or fills the clipboard. */
import { Terminal } from '@xterm/xterm';
import { describe, expect, test } from 'vitest';

import { Lookout } from './images';
import { isForThePage, zoomOf } from './keys';
import { isDisguised, webAddress } from './links';
import { clipboardText, hearClipboard } from './osc52';
import { asWord, harmless, runsAtOnce } from './pasting';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('pasted text', () => {
  test('can not end its own brackets, nor hide what it does', () => {
    expect(harmless('ls\x1b[201~\rrm -rf ~\r')).toBe('ls[201~\rrm -rf ~\r');
    expect(harmless('a\x07\x00\x9bb\tc\r\nd')).toBe('ab\tc\r\nd');
  });

  test.each([
    ['one line', 'ls', false],
    ['one line and its end', 'ls\n', false],
    ['two lines', 'ls\nrm x', true],
    ['a carriage return within', 'ls\rrm x', true],
  ])('of %s is asked about only where it would run', (_name, text, asked) => {
    expect(runsAtOnce(text, false)).toBe(asked);
    expect(runsAtOnce(text, true)).toBe(false);
  });

  test('a path is one word', () => {
    expect(asWord('/w/a-b_1.png')).toBe('/w/a-b_1.png');
    expect(asWord("/w/it's $(rm x).png")).toBe(String.raw`'/w/it'\''s $(rm x).png'`);
  });
});

describe('links', () => {
  test.each([
    ['https://example.org/a b', 'https://example.org/a%20b'],
    ['http://exаmple.org', 'http://xn--exmple-4nf.org/'],
    ['javascript:alert(1)', null],
    ['data:text/html,x', null],
    ['file:///etc/passwd', null],
    ['/relative', null],
  ])('%s leads to %s', (text, address) => {
    expect(webAddress(text)).toBe(address);
  });

  test('one that shows another address than its own, or none, is disguised', () => {
    expect(isDisguised('https://bank.example', 'https://evil.example/')).toBe(true);
    expect(isDisguised('click here', 'https://evil.example/')).toBe(true);
    expect(isDisguised('https://evil.example', 'https://evil.example/')).toBe(false);
  });
});

describe('the clipboard', () => {
  test.each([
    ['text', `c;${btoa('hello')}`, 'hello'],
    ['a question', 'c;?', null],
    ['no base64', 'c;***', null],
    ['bytes that are no text', `c;${btoa('\xff\xfe')}`, null],
    ['too much', `c;${'QUFB'.repeat(400_000)}`, null],
    ['no target at all', btoa('hello'), null],
  ])('%s', (_name, data, text) => {
    expect(clipboardText(data)).toBe(text);
  });

  test('is never told to a program', async () => {
    const terminal = new Terminal({ allowProposedApi: true });
    let answer = '';
    const wished: string[] = [];
    terminal.onData((data) => (answer += data));
    hearClipboard(terminal.parser, (text) => wished.push(text));
    await new Promise<void>((done) => terminal.write(`\x1b]52;c;?\x07\x1b]52;c;${btoa('copied')}\x07`, done));
    expect(answer).toBe('');
    expect(wished).toEqual(['copied']);
  });
});

describe('pictures', () => {
  test.each([
    ['a sixel', ['\x1bPq#0~\x1b\\'], true],
    ['a sixel cut in two', ['text\x1b', 'Pq#0~'], true],
    ['iTerm’s', ['\x1b]1337;File=:AAAA\x07'], true],
    ['iTerm’s cut in two', ['\x1b]13', '37;File=:AAAA'], true],
    ['colours and titles', ['\x1b[31mP\x1b]2;1337\x07', '\x1b]133;A\x07'], false],
  ])('%s', (_name, pieces, expected) => {
    const lookout = new Lookout();
    expect(pieces.map((piece) => lookout.sees(bytes(piece))).includes(true)).toBe(expected);
  });
});

describe('keys', () => {
  const key = (code: string, ...held: ('ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey')[]) => ({
    code, key: '', ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...Object.fromEntries(held.map((one) => [one, true])),
  });

  test('what shells and editors live on stays theirs', () => {
    const theirs = [key('KeyK', 'ctrlKey'), key('KeyR', 'ctrlKey'), key('KeyN', 'altKey'), key('Digit1', 'altKey'), key('F2')];
    expect(theirs.filter(isForThePage)).toEqual([]);
    expect(isForThePage(key('Minus', 'ctrlKey', 'shiftKey'))).toBe(false); // ^_ is undo
    expect(isForThePage(key('ArrowLeft', 'ctrlKey', 'shiftKey'))).toBe(false);
  });

  test('the page has F1 and Ctrl with Shift', () => {
    expect([key('F1'), key('KeyP', 'ctrlKey', 'shiftKey'), key('KeyK', 'metaKey')].every(isForThePage)).toBe(true);
  });

  test('letters grow and shrink as in other terminals', () => {
    expect(zoomOf(key('Equal', 'ctrlKey'))).toBe(1);
    expect(zoomOf(key('Equal', 'ctrlKey', 'shiftKey'))).toBe(1);
    expect(zoomOf(key('Minus', 'ctrlKey'))).toBe(-1);
    expect(zoomOf(key('Minus', 'ctrlKey', 'shiftKey'))).toBeUndefined();
    expect(zoomOf(key('Digit0', 'metaKey'))).toBe(0);
  });
});
