/** The text around a hit, in pieces that are matched and pieces that aren't, and hits by session. */
import type { Hit } from '../../api/search';

export interface Piece {
  text: string;
  isMatch: boolean;
}

/** The server counts in code points, JavaScript in halves of some of them. */
export function piecesOf({ context, matches }: Pick<Hit, 'context' | 'matches'>): Piece[] {
  const points = Array.from(context);
  const pieces: Piece[] = [];
  let at = 0;
  const add = (from: number, to: number, isMatch: boolean): void => {
    const all = points.slice(from, to).join('');
    const text = pieces.length === 0 && !isMatch ? all.trimStart() : all; // blanks before the first word say nothing
    if (text) pieces.push({ text, isMatch });
  };
  for (const [start, end] of matches.toSorted(([one], [other]) => one - other)) {
    if (end <= at) continue;
    add(at, Math.max(at, start), false);
    add(Math.max(at, start), end, true);
    at = end;
  }
  add(at, points.length, false);
  return pieces;
}

/** What to look for on a terminal, the most certain first: the line of the first match, then the match alone. */
export function needlesOf(hit: Pick<Hit, 'context' | 'matches'>): string[] {
  const first = hit.matches[0];
  if (!first) return [];
  const points = Array.from(hit.context);
  const before = points.slice(0, first[0]).join('');
  const after = points.slice(first[0]).join('');
  const line = ((before.split('\n').at(-1) ?? '') + (after.split('\n')[0] ?? '')).trim();
  const word = points.slice(...first).join('');
  return [...new Set([line, word])].filter((needle) => needle.trim() !== '');
}

export interface Group {
  sessionId: string;
  name: string | null;
  agent: string;
  hits: Hit[];
}

/** By session, in the order of their newest hits. */
export function groupsOf(hits: Hit[]): Group[] {
  const found = new Map<string, Group>();
  for (const hit of hits) {
    const { sessionId, sessionName: name, agent } = hit.document;
    const group = found.get(sessionId) ?? { sessionId, name, agent, hits: [] };
    group.hits.push(hit);
    found.set(sessionId, group);
  }
  return [...found.values()];
}
