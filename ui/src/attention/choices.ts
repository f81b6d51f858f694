/** Reads off the last lines of a screen what is asked, and which keys would answer it. */

export interface Choice {
  text: string;
  /** What is typed. */
  keys: string;
  tone?: 'primary';
}

const ENTER = '\r';
const ESCAPE = '\x1b';
const BORDER = /^[\s│┃|║]+|[\s│┃|║]+$/g;
const ONLY_LINES = /^[\s─━═╭╮╰╯┌┐└┘├┤┬┴┼│┃|║▔▁_=-]*$/;
const POINTER = /^(?:[❯›▶▸●◉*>]|->)\s*/;
const OPTION = /^(\d)\s?[.):]\s+(\S.*)$/;
const YES_OR_NO = /[[(]\s*(y(?:es)?)\s*[/|]\s*(n(?:o)?)\b[^\])]*[\])]|\b(yes)\/(no)\b/i;
const SECRET = /\b(password|passphrase|passcode|token|api key|pin)\b[^\n]*[:?]\s*$/i;
const PRESS_ENTER = /\b(press|hit)\s+(?:<|\[)?(enter|return|any key)\b/i;
const LONGEST = 60;

/** The last lines that say something, without the frames that programs draw around them. */
export function tail(screen: string, lines = 9): string[] {
  const said = screen
    .split('\n')
    .filter((line) => !ONLY_LINES.test(line))
    .map((line) => line.replace(BORDER, (match, at) => (at === 0 ? match.replace(/[│┃|║]\s?/g, '') : '')));
  return said.slice(-lines);
}

const shorten = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

function numbered(lines: string[]): Choice[] {
  const found: { digit: number; text: string; isPointed: boolean; at: number }[] = [];
  lines.forEach((line, at) => {
    const bare = line.trim();
    const isPointed = POINTER.test(bare);
    const [, digit, text] = OPTION.exec(bare.replace(POINTER, '')) ?? [];
    if (digit && text) found.push({ digit: Number(digit), text, isPointed, at });
  });
  const first = found.findLastIndex(({ digit }) => digit === 1);
  const menu = first < 0 ? [] : found.slice(first).filter(({ digit }, index) => digit === index + 1);
  if (menu.length < 2) return [];
  const isPicked = menu.some(({ isPointed }) => isPointed); // a menu with a pointer takes the digit at once
  return menu.map(({ digit, text, isPointed }) => ({
    text: `${digit}. ${shorten(text)}`,
    keys: isPicked ? String(digit) : `${digit}${ENTER}`,
    ...(isPointed && { tone: 'primary' as const }),
  }));
}

/** The answers that the screen offers, best first; Enter and Escape always are. */
export function choicesOf(screen: string): Choice[] {
  const lines = tail(screen, 24);
  const always: Choice[] = [
    { text: 'Enter', keys: ENTER },
    { text: 'Esc', keys: ESCAPE },
  ];
  const menu = numbered(lines);
  if (menu.length > 0) return [...menu, ...always];
  const asked = YES_OR_NO.exec(lines.slice(-4).join('\n'));
  if (asked) {
    const [yes, no] = [asked[1] ?? asked[3] ?? 'y', asked[2] ?? asked[4] ?? 'n'];
    return [
      { text: 'Yes', keys: `${yes.toLowerCase()}${ENTER}`, tone: 'primary' },
      { text: 'No', keys: `${no.toLowerCase()}${ENTER}` },
      ...always,
    ];
  }
  if (PRESS_ENTER.test(lines.slice(-3).join('\n'))) return [{ ...always[0]!, tone: 'primary' }, always[1]!];
  return always;
}

/** What is typed now should not be read by others. */
export const asksForSecret = (screen: string): boolean => SECRET.test(tail(screen, 1)[0] ?? '');
