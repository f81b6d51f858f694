/** Draws with WebGL while a terminal is on screen, if the device is up to it; the DOM renderer is what xterm falls back to. */
import type { Terminal } from '@xterm/xterm';
import type { WebglAddon } from '@xterm/addon-webgl';

let broken = false;

/** `?renderer=dom` forces the DOM; fingers mean a phone, where WebGL contexts are few. */
export function wantsWebgl(query = location.search): boolean {
  const asked = new URLSearchParams(query).get('renderer');
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
