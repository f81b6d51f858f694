/** Finds what somebody means by a few letters: they must come in order, and count more at the beginning of words. */

export interface Match {
  score: number;
  /** Which letters of the text were meant. */
  at: number[];
}

const STARTS = /[\s\-_/.:,·(]/;

/** Null when the letters don't all come; every word of the query is looked for on its own. */
export function fuzzy(query: string, text: string): Match | null {
  const found: Match = { score: 0, at: [] };
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const match = one(word, text.toLowerCase());
    if (!match) return null;
    found.score += match.score;
    found.at.push(...match.at);
  }
  return { score: found.score - text.length / 200, at: found.at.toSorted((a, b) => a - b) };
}

const startsWord = (text: string, at: number): boolean => at === 0 || STARTS.test(text[at - 1]!);

function one(word: string, text: string): Match | null {
  const whole = wholeWord(word, text);
  if (whole >= 0) {
    const at = Array.from({ length: word.length }, (_, index) => whole + index);
    return { score: word.length * 4 + (startsWord(text, whole) ? 8 : 0) + (whole === 0 ? 4 : 0), at };
  }
  const at: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of word) {
    const next = text.indexOf(letter, from);
    if (next < 0) return null;
    const initial = initialOf(letter, text, from);
    const to = initial >= 0 ? initial : next;
    score += startsWord(text, to) ? 3 : at.at(-1) === to - 1 ? 2 : 0.2;
    at.push(to);
    from = to + 1;
  }
  return score < word.length * 0.8 ? null : { score, at };
}

/** Where the word stands as it is, best at the beginning of one. */
function wholeWord(word: string, text: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) if (startsWord(text, at)) return at;
  return text.indexOf(word);
}

function initialOf(letter: string, text: string, from: number): number {
  for (let at = text.indexOf(letter, from); at >= 0; at = text.indexOf(letter, at + 1)) if (startsWord(text, at)) return at;
  return -1;
}
