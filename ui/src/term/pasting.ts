/** What comes in by the clipboard or is dropped onto a terminal, and what must not come in with it. */

/** Without control characters: pasted text can't end its own brackets and go on as keys, nor hide what it does. */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '');
}

/** Whether a program would do the first line at once: it has not said that it can tell pasted text from typed one. */
export function runsAtOnce(text: string, isBracketed: boolean): boolean {
  return !isBracketed && /[\r\n]/.test(text.replace(/[\r\n]+$/, ''));
}

/** A path as one word on a command line. */
export function asWord(path: string): string {
  return /^[\w./~+,:@%=-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

export function filesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}
