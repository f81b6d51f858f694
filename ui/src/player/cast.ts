/** Reads a recording in asciicast v2 as it arrives, line by line; a line that is cut off is left out. */

export type CastEvent = [time: number, code: 'o' | 'i' | 'r', data: string];

export interface Cast {
  cols: number;
  rows: number;
  events: CastEvent[];
  /** In seconds. */
  duration: number;
}

export class CastReader {
  private cols = 80;
  private rows = 24;
  private readonly events: CastEvent[] = [];
  private rest = '';
  private last = 0;
  private hasHead = false;

  push(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.read(line);
  }

  end(): Cast {
    this.read(this.rest);
    this.rest = '';
    if (!this.hasHead) throw new Error('This is no recording.');
    return { cols: this.cols, rows: this.rows, events: this.events, duration: this.last };
  }

  private read(line: string): void {
    let found: unknown;
    try {
      found = JSON.parse(line);
    } catch {
      return; // empty, or the last line of a recording that still grows
    }
    if (Array.isArray(found)) this.take(found);
    else if (!this.hasHead && typeof found === 'object' && found !== null) this.open(found as Record<string, unknown>);
  }

  private open({ width, height }: Record<string, unknown>): void {
    this.hasHead = true;
    this.cols = Number(width) || this.cols;
    this.rows = Number(height) || this.rows;
  }

  private take([time, code, data]: unknown[]): void {
    if (typeof time !== 'number' || typeof data !== 'string') return;
    this.last = Math.max(this.last, time);
    if (code === 'o' || code === 'i' || code === 'r') this.events.push([this.last, code, data]);
  }
}

/** `onProgress` hears how many bytes have come. */
export async function readCast(answer: Response, onProgress: (bytes: number) => void, signal: AbortSignal): Promise<Cast> {
  const reader = new CastReader();
  const decoder = new TextDecoder();
  const stream = answer.body?.getReader();
  if (!stream) throw new Error('The recording can’t be read.');
  let bytes = 0;
  while (true) {
    const { done, value } = await stream.read();
    if (signal.aborted) {
      await stream.cancel().catch(() => {});
      throw new DOMException('No longer wanted', 'AbortError');
    }
    if (done) break;
    bytes += value.byteLength;
    reader.push(decoder.decode(value, { stream: true }));
    onProgress(bytes);
  }
  reader.push(decoder.decode());
  return reader.end();
}
