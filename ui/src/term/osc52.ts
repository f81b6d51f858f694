/** A program's wish to put text on the clipboard (OSC 52); what is on it is never told to a program. */
import type { IParser } from '@xterm/xterm';

const LONGEST = 1 << 20; // letters of base64

/** The text of an OSC 52, or null when it is a question or no text. */
export function clipboardText(data: string): string | null {
  const [target, content] = split(data);
  if (!/^[cps0-7]*$/.test(target) || content === '?' || content.length > LONGEST) return null;
  try {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function split(data: string): [string, string] {
  const at = data.indexOf(';');
  return at < 0 ? ['-', ''] : [data.slice(0, at), data.slice(at + 1)];
}

export function hearClipboard(parser: IParser, wished: (text: string) => void): void {
  parser.registerOscHandler(52, (data) => {
    const text = clipboardText(data);
    if (text) wished(text);
    return true;
  });
}
