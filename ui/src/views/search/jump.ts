/** Goes to where a hit was printed: on the terminal of its session while that shows it, else in its recording. */
import type { Terminal } from '@xterm/xterm';

import type { Hit } from '../../api/search';
import { byId } from '../../api/sessions';
import { go, recordingPath, sessionPath } from '../../router';
import { terminalOf } from '../../term/registry';
import { toast } from '../../ui/toast';
import { needlesOf } from './snippet';

const LOOKS = 30;
const BETWEEN_MS = 120;
const BEFORE_S = 2; // so that one sees it come

export const isLive = (sessionId: string): boolean => byId.value.get(sessionId)?.status === 'running';

export function moviePath({ recordingId, recordingTimeMs }: Hit['document']): string | null {
  if (!recordingId) return null;
  const second = Math.max(0, Math.floor((recordingTimeMs ?? 0) / 1000) - BEFORE_S);
  return `${recordingPath(recordingId)}?t=${second}`;
}

/** Where the hit itself leads; null when there is nothing left to look at. */
export function pathOfHit({ document }: Hit): string | null {
  if (isLive(document.sessionId)) return sessionPath(document.sessionId);
  return moviePath(document) ?? (byId.value.has(document.sessionId) ? sessionPath(document.sessionId) : null);
}

export async function jump(hit: Hit): Promise<void> {
  const { sessionId } = hit.document;
  const path = pathOfHit(hit);
  if (path) go(path);
  if (!isLive(sessionId) || (await isShownIn(sessionId, needlesOf(hit)))) return;
  const movie = moviePath(hit.document);
  if (movie && location.pathname === sessionPath(sessionId)) {
    go(movie);
    toast('The terminal no longer shows it; this is its recording.');
  } else {
    toast('The terminal no longer shows it.');
  }
}

async function isShownIn(sessionId: string, needles: string[]): Promise<boolean> {
  const view = await terminalOf(sessionId);
  let hasAsked = false;
  for (let look = 0; look < LOOKS; look++) {
    const isHere = location.pathname === sessionPath(sessionId);
    if (!isHere) return true; // somebody has gone elsewhere meanwhile
    if (view.state === 'live' && reveal(view.terminal, needles)) return true;
    if (view.state === 'live' && look > 3 && !hasAsked) {
      hasAsked = true;
      view.loadHistory();
    }
    await new Promise((done) => setTimeout(done, BETWEEN_MS));
  }
  return false;
}

/** Scrolls to the newest place of a text, and selects it. */
export function reveal(terminal: Terminal, needles: string[]): boolean {
  const buffer = terminal.buffer.active;
  for (const needle of needles) {
    const wanted = needle.toLowerCase();
    for (let row = buffer.length - 1; row >= 0; row--) {
      if (buffer.getLine(row)?.isWrapped) continue;
      const column = textFrom(terminal, row).toLowerCase().lastIndexOf(wanted);
      if (column < 0) continue;
      const hitRow = row + Math.floor(column / terminal.cols);
      terminal.scrollToLine(Math.max(0, hitRow - Math.floor(terminal.rows / 3)));
      terminal.select(column % terminal.cols, hitRow, needle.length);
      return true;
    }
  }
  return false;
}

/** The line that begins in this row, with the rows it goes on in. */
function textFrom(terminal: Terminal, row: number): string {
  const buffer = terminal.buffer.active;
  let text = buffer.getLine(row)?.translateToString(false) ?? '';
  for (let next = row + 1; buffer.getLine(next)?.isWrapped; next++) text += buffer.getLine(next)!.translateToString(false);
  return text;
}
