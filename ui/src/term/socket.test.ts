/** The connection's promises: nothing lost, nothing twice, and it never gives up unless there is no point. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Attached, Control, Exit, Session } from '../api/types';
import { Retry } from './retry';
import { TerminalSocket, type LinkError, type LinkState, type Sink } from './socket';

class FakeSocket {
  readyState = 0;
  binaryType = '';
  sent: (string | Uint8Array)[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: (() => void) | null = null;

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed = true;
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  says(type: string, payload: object = {}): void {
    this.onmessage?.({ data: JSON.stringify({ type, payload }) });
  }

  outputs(start: number, text: string): void {
    const frame = new Uint8Array(8 + text.length);
    new DataView(frame.buffer).setBigUint64(0, BigInt(start));
    frame.set(new TextEncoder().encode(text), 8);
    this.onmessage?.({ data: frame.buffer });
  }

  drops(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  /** The frames of one type that were sent, as their payloads. */
  frames(type: string): Record<string, unknown>[] {
    return this.sent
      .filter((data) => typeof data === 'string')
      .map((data) => JSON.parse(data) as { type: string; payload: Record<string, unknown> })
      .filter((frame) => frame.type === type)
      .map((frame) => frame.payload);
  }
}

class FakeSink implements Sink {
  text = '';
  states: LinkState[] = [];
  errors: LinkError[] = [];
  exits: Exit[] = [];
  sizes: [number, number][] = [];
  undrawn: (() => void)[] = [];
  slow = false;

  write(data: Uint8Array | string, done: () => void): void {
    if (typeof data === 'string') this.text = data.replace('\x1bc', '');
    else this.text += new TextDecoder().decode(data);
    if (this.slow) this.undrawn.push(done);
    else done();
  }
  onState(state: LinkState): void {
    this.states.push(state);
  }
  attached(_info: Attached): void {}
  controls: Control[] = [];
  controlled(control: Control): void {
    this.controls.push(control);
  }
  histories: number[] = [];
  repainted(history: number): void {
    this.histories.push(history);
  }
  resized(cols: number, rows: number): void {
    this.sizes.push([cols, rows]);
  }
  exited(exit: Exit): void {
    this.exits.push(exit);
  }
  switched(_session: Session | undefined): void {}
  failed(error: LinkError): void {
    this.errors.push(error);
  }
}

let lines: FakeSocket[];
let sink: FakeSink;
let socket: TerminalSocket;
const line = (): FakeSocket => lines.at(-1) as FakeSocket;

function attached(replay = 'none', offset = 0, size = { cols: 100, rows: 30 }): void {
  line().says('session:attached', { session: {}, ...size, offset, replay, control: true });
}

function goLive(replay = 'none', offset = 0): void {
  line().opens();
  attached(replay, offset);
}

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  sink = new FakeSink();
  const open = (): WebSocket => {
    lines.push(new FakeSocket());
    return line() as unknown as WebSocket;
  };
  socket = new TerminalSocket('s-1', sink, open, new Retry(() => 1));
  socket.start(100, 30);
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

describe('attaching', () => {
  test('asks for bytes and for pacing, and for the whole screen the first time', () => {
    line().opens();
    expect(line().frames('session:attach')).toEqual([
      { sessionId: 's-1', cols: 100, rows: 30, binary: true, ack: true },
    ]);
  });

  test('who may not drive looks on instead, and stays a watcher after a break', () => {
    line().opens();
    line().says('error', { code: 'FORBIDDEN', message: 'You may only look' });
    expect(line().frames('session:attach').at(-1)).toMatchObject({ mode: 'view' });
    attached();
    line().drops();
    vi.advanceTimersByTime(5000);
    line().opens();
    expect(line().frames('session:attach')).toEqual([expect.objectContaining({ mode: 'view' })]);
    expect(sink.errors).toEqual([]);
  });

  test('a repaint replaces what there was, and the stream goes on from its offset', () => {
    goLive('screen', 500);
    line().outputs(400, 'before the repaint');
    line().says('terminal:repaint', { data: '\x1bcSCREEN', offset: 500, cols: 90, rows: 20 });
    line().outputs(500, ' more');
    expect(sink.text).toBe('SCREEN more');
    expect(sink.sizes).toEqual([[90, 20]]);
    expect(socket.offset).toBe(505);
  });

  test('a size that changed while the line was made is told once it is there', () => {
    line().opens();
    socket.resize(120, 40);
    expect(line().frames('terminal:resize')).toEqual([]);
    attached();
    expect(line().frames('terminal:resize')).toEqual([{ cols: 120, rows: 40 }]);
  });
});

describe('driving', () => {
  test('a watcher keeps its own wish for a size, and takes the wheel with it', () => {
    line().opens();
    line().says('session:attached', { session: {}, cols: 80, rows: 24, offset: 0, replay: 'none', control: false });
    line().says('terminal:resized', { cols: 90, rows: 20 });
    expect(line().frames('terminal:resize')).toEqual([]);
    socket.take(120, 40);
    expect(line().frames('control:take')).toEqual([{ cols: 120, rows: 40 }]);
    line().drops();
    vi.advanceTimersByTime(250);
    line().opens();
    expect(line().frames('session:attach')[0]).toMatchObject({ cols: 120, rows: 40 });
  });

  test('who drives and who watches is passed on', () => {
    goLive();
    const control = { driver: { user: 'alice', id: 1 }, you: false, viewers: [], viewerCount: 2 };
    line().says('control:changed', control);
    expect(sink.controls).toEqual([control]);
  });

  test('more history is asked for and its repaint acknowledged, at offset 0 too', () => {
    goLive();
    socket.refresh(10_000);
    expect(line().frames('terminal:refresh')).toEqual([{ history: 10_000 }]);
    line().says('terminal:repaint', { data: 'x', offset: 0, cols: 90, rows: 20, history: 10_000 });
    vi.advanceTimersByTime(5);
    expect(sink.histories).toEqual([10_000]);
    expect(line().frames('terminal:ack')).toEqual([{ offset: 0 }]);
  });
});

describe('the stream', () => {
  test('bytes that were seen already are dropped', () => {
    goLive();
    line().outputs(0, 'hello');
    line().outputs(3, 'lo world');
    line().outputs(0, 'hello');
    expect(sink.text).toBe('hello world');
  });

  test('missing bytes are asked for on the same line, and what comes meanwhile is not drawn', () => {
    goLive();
    line().outputs(0, 'abc');
    line().outputs(9, 'xyz');
    line().outputs(12, '!');
    expect(sink.text).toBe('abc');
    expect(line().frames('session:attach')[1]).toMatchObject({ since: 3 });
    attached('bytes', 3);
    line().outputs(3, 'def');
    expect(sink.text).toBe('abcdef');
    expect(lines).toHaveLength(1);
  });

  test('when asking for missing bytes does not help, the whole screen is asked for', () => {
    goLive();
    for (let i = 0; i < 4; i++) {
      line().outputs(50, 'far');
      attached('bytes', 0);
    }
    expect(line().frames('session:attach').at(-1)).not.toHaveProperty('since');
  });

  test('after a break it goes on after the last byte, none twice', () => {
    goLive();
    line().outputs(0, 'one two');
    line().drops();
    vi.advanceTimersByTime(250);
    line().opens();
    expect(line().frames('session:attach')[0]).toMatchObject({ since: 7 });
    attached('bytes', 7);
    line().outputs(4, 'two three');
    expect(sink.text).toBe('one two three');
  });

  test('a line that is given up is closed and not listened to any more', () => {
    goLive();
    line().says('error', { code: 'HOST_UNAVAILABLE', message: 'down' });
    expect(line()).toMatchObject({ closed: true, onmessage: null });
  });
});

describe('acknowledging', () => {
  test('every 64 KiB drawn at once, the rest when idle', () => {
    goLive();
    line().outputs(0, 'x'.repeat(150_000));
    expect(line().frames('terminal:ack').map((ack) => ack.offset)).toEqual([65_536, 131_072]);
    vi.advanceTimersByTime(5);
    expect(line().frames('terminal:ack').at(-1)).toEqual({ offset: 150_000 });
  });

  test('nothing is acknowledged before it is drawn', () => {
    sink.slow = true;
    goLive();
    line().outputs(0, 'x'.repeat(70_000));
    vi.advanceTimersByTime(100);
    expect(line().frames('terminal:ack')).toEqual([]);
    for (const done of sink.undrawn) done();
    vi.advanceTimersByTime(5);
    expect(line().frames('terminal:ack').at(-1)).toEqual({ offset: 70_000 });
  });

  test('what a line before brought is not acknowledged on the next', () => {
    sink.slow = true;
    goLive();
    line().outputs(0, 'x'.repeat(70_000));
    line().drops();
    vi.advanceTimersByTime(250);
    goLive('screen', 5);
    for (const done of sink.undrawn) done();
    vi.advanceTimersByTime(50);
    expect(line().frames('terminal:ack')).toEqual([]);
  });
});

describe('reconnecting', () => {
  test('waits longer each time, at most 5 seconds', () => {
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const before = lines.length;
      line().drops();
      let waited = 0;
      while (lines.length === before) {
        vi.advanceTimersByTime(50);
        waited += 50;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    expect(sink.states.at(-1)).toBe('waiting');
  });

  test('a line that held makes the next wait short, one that broke at once does not', () => {
    for (let i = 0; i < 4; i++) {
      goLive();
      line().drops();
      vi.advanceTimersByTime(5000);
    }
    goLive();
    line().drops();
    vi.advanceTimersByTime(300);
    expect(lines).toHaveLength(5);
    vi.advanceTimersByTime(5000);
    goLive();
    vi.advanceTimersByTime(6000);
    line().drops();
    vi.advanceTimersByTime(300);
    expect(lines).toHaveLength(7);
  });

  test('at once when the network is back', () => {
    line().drops();
    socket.nudge();
    expect(lines).toHaveLength(2);
  });

  test('no answer to a ping means that the line is dead', () => {
    goLive();
    vi.advanceTimersByTime(20_000);
    expect(line().sent.at(-1)).toBe('{"type":"ping"}');
    line().says('pong');
    vi.advanceTimersByTime(20_000);
    expect(lines).toHaveLength(1);
    vi.advanceTimersByTime(10_250);
    expect(lines).toHaveLength(2);
    expect(lines[0]?.closed).toBe(true);
  });

  test('a server that never attaches us is left', () => {
    line().opens();
    vi.advanceTimersByTime(15_300);
    expect(lines).toHaveLength(2);
  });

  test.each(['UNAUTHORIZED', 'SESSION_NOT_FOUND', 'ATTACH_FAILED'])('stops for good on %s', (code) => {
    line().opens();
    line().says('error', { code, message: 'no' });
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(1);
    expect(socket.state).toBe('stopped');
    expect(sink.errors).toEqual([{ code, message: 'no' }]);
  });

  test('tries on while the runner is down', () => {
    goLive();
    line().says('error', { code: 'HOST_UNAVAILABLE', message: 'down' });
    expect(socket.state).toBe('waiting');
    vi.advanceTimersByTime(250);
    expect(lines).toHaveLength(2);
  });

  test('an error about one message leaves the line alone', () => {
    goLive();
    line().says('error', { code: 'INVALID_REQUEST', message: 'cols' });
    expect(socket.state).toBe('live');
  });

  test('frames that are not JSON are passed over', () => {
    goLive();
    line().onmessage?.({ data: '{"type":' });
    expect(socket.state).toBe('live');
  });
});

describe('input', () => {
  test('goes out in chunks of 64 KiB', () => {
    goLive();
    expect(socket.input(new Uint8Array(150_000))).toBe(true);
    const sizes = line().sent.flatMap((data) => (typeof data === 'string' ? [] : [data.length]));
    expect(sizes).toEqual([65_536, 65_536, 18_928]);
  });

  test('is refused while there is no line, and not sent later', () => {
    goLive();
    line().drops();
    expect(socket.input(new Uint8Array([97]))).toBe(false);
    vi.advanceTimersByTime(250);
    goLive();
    expect(line().sent.filter((data) => typeof data !== 'string')).toEqual([]);
  });
});
