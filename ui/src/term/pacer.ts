/** Hands a flood to the terminal in portions: drawn thirty times a second at most, it leaves time for everything else. */

const PORTION_MS = 33;
const FLOOD_BYTES = 64 * 1024; // within a portion's time; less than that comes through at once

type Write = (data: Uint8Array | string, done: () => void) => void;

export class Pacer {
  private waiting: [Uint8Array | string, () => void][] = [];
  private bytes = 0;
  private since = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly write: Write) {}

  put(data: Uint8Array | string, done: () => void): void {
    if (typeof data === 'string') {
      this.flush();
      return this.write(data, done); // a whole screen, which somebody waits for
    }
    const now = performance.now();
    if (this.timer === undefined && now - this.since >= PORTION_MS) {
      this.since = now;
      this.bytes = 0;
    }
    this.bytes += data.length;
    if (this.timer === undefined && this.bytes < FLOOD_BYTES) return this.write(data, done);
    this.waiting.push([data, done]);
    this.timer ??= setTimeout(this.portion, PORTION_MS);
  }

  /** Everything that waits, now. */
  flush(): void {
    const portion = this.waiting;
    this.waiting = [];
    for (const [data, done] of portion) this.write(data, done);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting = [];
  }

  private readonly portion = (): void => {
    const isFlood = this.bytes >= FLOOD_BYTES;
    this.bytes = 0;
    this.timer = isFlood ? setTimeout(this.portion, PORTION_MS) : undefined;
    this.flush();
  };
}
