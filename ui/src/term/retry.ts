/** When to try again: 0.25 s at first, doubling to 5 s, never in step with other pages. */

const FIRST_MS = 250;
const LONGEST_MS = 5000;
const STABLE_MS = 5000;

export class Retry {
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly random: () => number = Math.random) {}

  get waiting(): boolean {
    return this.timer !== undefined;
  }

  schedule(action: () => void): void {
    this.cancel();
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.attempts);
    this.attempts += 1;
    const delay = Math.max(FIRST_MS, ceiling * (0.5 + this.random() / 2));
    this.timer = setTimeout(() => {
      this.timer = undefined;
      action();
    }, delay);
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** A connection has ended that had lasted so long; only one that held makes the next wait short again. */
  lasted(ms: number): void {
    if (ms >= STABLE_MS) this.attempts = 0;
  }
}
