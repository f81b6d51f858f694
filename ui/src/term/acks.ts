/** Tells the server how far the terminal has come, at most every few milliseconds and at least every 64 KiB. */

const EVERY_BYTES = 64 * 1024;
const IDLE_MS = 5;

export class Acks {
  private told = 0;
  private done = 0;
  private epoch = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (offset: number) => void) {}

  /** The stream starts anew at this offset; nothing written before counts any more. */
  restart(offset: number): void {
    this.epoch += 1;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.told = this.done = offset;
  }

  /** What to call once the terminal has drawn everything before `offset`. */
  upTo(offset: number): () => void {
    const { epoch } = this;
    return () => {
      if (epoch === this.epoch) this.wrote(offset);
    };
  }

  private wrote(offset: number): void {
    this.done = offset;
    if (this.done - this.told >= EVERY_BYTES) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), IDLE_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.done <= this.told) return;
    this.told = this.done;
    this.send(this.done);
  }
}
