/** Draws with WebGL while a terminal is on screen, if the device is up to it; the DOM renderer is what xterm falls back to. */
import type { Terminal } from '@xterm/xterm';
import type { WebglAddon } from '@xterm/addon-webgl';

import { renderer } from '../preferences';

let broken = false;

/** What xterm has behind its API, as far as it is needed here. */
interface Within {
  _core?: { _selectionService?: { hasSelection: boolean; refresh(byMouse?: boolean): void } };
}

/** xterm draws the selection anew for every line that scrolls, and all rows with it: twice the work of a flood, for none. */
export function sparesSelection(terminal: Terminal): void {
  const selection = (terminal as Within)._core?._selectionService;
  if (!selection) return; // it has no name of that kind any more
  const refresh = selection.refresh.bind(selection);
  let wasThere = false;
  selection.refresh = (byMouse) => {
    const isThere = selection.hasSelection;
    if (isThere || wasThere) refresh(byMouse);
    wasThere = isThere;
  };
}

/** `?renderer=dom` forces the DOM, and so do the settings; fingers mean a phone, where WebGL contexts are few. */
export function wantsWebgl(query = location.search): boolean {
  const asked = new URLSearchParams(query).get('renderer') ?? renderer.value;
  if (asked === 'dom' || broken) return false;
  return asked === 'webgl' || !matchMedia('(pointer: coarse)').matches;
}

export class Renderer {
  private addon: WebglAddon | undefined;
  private visible = false;

  constructor(private readonly terminal: Terminal) {}

  async show(): Promise<void> {
    this.visible = true;
    if (this.addon || !wantsWebgl()) return;
    const { WebglAddon } = await import('@xterm/addon-webgl');
    if (!this.visible || this.addon) return; // hidden again while the code was loading
    try {
      const addon = new WebglAddon();
      addon.onContextLoss(() => this.hide());
      this.terminal.loadAddon(addon);
      this.addon = addon;
    } catch {
      broken = true;
    }
  }

  /** Browsers keep some 16 contexts and kill the oldest: a terminal that nobody sees gives its own back. */
  hide(): void {
    this.visible = false;
    this.addon?.dispose();
    this.addon = undefined;
  }
}
