/** Pictures in a terminal (sixel, iTerm's): the code for them is fetched when the first one comes. */
import type { Terminal } from '@xterm/xterm';

import { swallowQueries } from './queries';

const LIMITS = {
  enableSizeReports: false, // the server answers, not the page
  pixelLimit: 4096 * 2048,
  storageLimit: 32, // MB a terminal
  sixelSizeLimit: 8 << 20,
  iipSizeLimit: 8 << 20,
  showPlaceholder: true,
};
const ESC = 0x1b;
const DCS = 0x50; // P
const OSC_1337 = [0x5d, 0x31, 0x33, 0x33, 0x37];

/** Looks whether a picture begins in these bytes; a sequence may be cut in two by the end of the last ones. */
export class Lookout {
  private tail: Uint8Array = new Uint8Array(0);

  sees(bytes: Uint8Array): boolean {
    const text = new Uint8Array(this.tail.length + bytes.length);
    text.set(this.tail);
    text.set(bytes, this.tail.length);
    this.tail = text.slice(-OSC_1337.length);
    for (let at = text.indexOf(ESC); at >= 0; at = text.indexOf(ESC, at + 1)) {
      if (text[at + 1] === DCS || OSC_1337.every((byte, place) => text[at + 1 + place] === byte)) return true;
    }
    return false;
  }
}

const READY_WITHIN_MS = 2000;
const LOOK_EVERY_MS = 10;

/** The addon passes over what comes before its decoder is compiled, and does not say when that is. */
interface Handlers {
  _handlers?: Map<string, { _dec?: unknown }>;
}

/** Done when pictures can be drawn, or can't be at all. */
export async function drawImages(terminal: Terminal): Promise<void> {
  try {
    const { ImageAddon } = await import('@xterm/addon-image');
    const addon = new ImageAddon(LIMITS);
    terminal.loadAddon(addon);
    swallowQueries(terminal.parser); // its own answers would come on top of the server's
    const sixel = (addon as unknown as Handlers)._handlers?.get('sixel');
    for (let waited = 0; sixel && !sixel._dec && waited < READY_WITHIN_MS; waited += LOOK_EVERY_MS) {
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  } catch {
    // without the code the terminal goes on without pictures
  }
}
