/** One terminal's connection: attaches, resumes by byte offset, acknowledges what was drawn, reconnects until told to stop. */
import type { Attached, Control, Exit, Frame, Repaint, Session } from '../api/types';
import { Acks } from './acks';
import { Retry } from './retry';
import { chunks, readOutput, unseen } from './wire';

export type LinkState = 'connecting' | 'live' | 'waiting' | 'stopped';
export interface LinkError {
  code: string;
  message: string;
}

/** What the connection drives; calls come in the order of the stream. */
export interface Sink {
  /** Draw; `done` is called once it has been. */
  write(data: Uint8Array | string, done: () => void): void;
  onState(state: LinkState): void;
  attached(info: Attached): void;
  /** Who drives and who watches has changed. */
  controlled(control: Control): void;
  /** What was written last is the whole screen, with up to so many lines above it. */
  repainted(history: number): void;
  /** The server's screen has this size now. */
  resized(cols: number, rows: number): void;
  exited(exit: Exit): void;
  switched(session: Session | undefined): void;
  failed(error: LinkError): void;
}

/** Trying again can't help: nobody is logged in, the session is gone, or its process is. */
const FINAL = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'SESSION_NOT_FOUND', 'ATTACH_FAILED']);
const UNATTACHED = new Set(['HOST_UNAVAILABLE', 'NO_SESSION', 'RATE_LIMITED']);
const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 10_000;
const ATTACH_WITHIN_MS = 15_000;
const FRUITLESS_GAPS = 3;

export class TerminalSocket {
  private ws: WebSocket | undefined;
  private current: LinkState = 'connecting';
  private expected: number | null = null;
  private attaching = true;
  private repaintDue = false;
  private gaps = 0;
  private mode: 'control' | 'view' = 'control';
  private size = { cols: 80, rows: 24 }; // what this window would like; the server's own may be another's
  private liveSince = 0;
  private deadline: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private readonly acks = new Acks((offset) => this.send('terminal:ack', { offset }));

  constructor(
    private readonly sessionId: string,
    private readonly sink: Sink,
    private readonly open: () => WebSocket,
    private readonly retry = new Retry(),
  ) {}

  /** Offset of the next byte the stream will bring: everything before it has been handed to the terminal. */
  get offset(): number | null {
    return this.expected;
  }

  get state(): LinkState {
    return this.current;
  }

  /** `onlyLooks`: what is known of the caller's rights; where nothing is, the server's refusal says it. */
  start(cols: number, rows: number, onlyLooks = false): void {
    this.size = { cols, rows };
    if (onlyLooks) this.mode = 'view';
    this.connect();
  }

  stop(): void {
    this.retry.cancel();
    this.disconnect();
    this.become('stopped');
  }

  /** Something changed for the better (network, page shown): don't wait any longer, or check that the line still lives. */
  nudge(): void {
    if (this.retry.waiting) this.connect();
    else if (this.current === 'live') this.ping();
  }

  /** The session has a new program: attach again, to learn of it. */
  reattach(): void {
    if (this.current === 'live') this.attach();
    else this.connect();
  }

  /** False when there is no line: what is typed then is not kept for later. */
  input(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.current !== 'live' || this.ws?.readyState !== WebSocket.OPEN) return false;
    for (const chunk of chunks(bytes)) this.ws.send(chunk);
    return true;
  }

  resize(cols: number, rows: number): void {
    if (cols === this.size.cols && rows === this.size.rows) return;
    this.size = { cols, rows };
    if (this.current === 'live') this.send('terminal:resize', { cols, rows });
  }

  /** Drive from now on, at this window's size. */
  take(cols: number, rows: number): void {
    this.size = { cols, rows };
    this.send('control:take', { cols, rows });
  }

  /** The whole screen again, with more of what was above it. */
  refresh(history: number): void {
    this.send('terminal:refresh', { history });
  }

  send(type: string, payload?: object): void {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(payload ? { type, payload } : { type }));
  }

  private become(state: LinkState): void {
    if (state === this.current) return;
    this.current = state;
    this.sink.onState(state);
  }

  private connect(): void {
    this.retry.cancel();
    this.disconnect();
    if (this.current === 'stopped') this.become('connecting');
    const ws = this.open();
    ws.binaryType = 'arraybuffer';
    ws.onopen = () => this.attach();
    ws.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.receive(event.data);
    ws.onclose = () => this.lost();
    this.ws = ws;
    this.expectWithin(ATTACH_WITHIN_MS);
  }

  private attach(): void {
    this.attaching = true;
    this.repaintDue = false;
    const since = this.expected === null ? {} : { since: this.expected };
    const mode = this.mode === 'view' ? { mode: 'view' } : {};
    this.send('session:attach', { sessionId: this.sessionId, ...this.size, binary: true, ack: true, ...mode, ...since });
    this.expectWithin(ATTACH_WITHIN_MS);
  }

  /** The line is gone, however it ended: the close code says nothing (Daphne sends 1000 for all of them). */
  private lost(): void {
    if (this.current === 'live') this.retry.lasted(Date.now() - this.liveSince);
    this.disconnect();
    if (this.current === 'stopped') return;
    this.become('waiting');
    this.retry.schedule(() => this.connect());
  }

  private disconnect(): void {
    clearTimeout(this.deadline);
    clearInterval(this.pinger);
    this.deadline = undefined;
    const ws = this.ws;
    this.ws = undefined;
    if (!ws) return;
    ws.onopen = ws.onmessage = ws.onclose = null;
    ws.close();
  }

  private expectWithin(ms: number): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.lost(), ms);
  }

  private ping(): void {
    this.send('ping');
    if (this.deadline === undefined) this.expectWithin(PONG_WITHIN_MS);
  }

  private receive(data: string | ArrayBuffer): void {
    if (!this.attaching) {
      clearTimeout(this.deadline); // anything heard is a sign of life
      this.deadline = undefined;
    }
    if (typeof data !== 'string') this.output(data);
    else {
      const frame = parse(data);
      if (frame) this.frame(frame);
    }
  }

  private frame({ type, payload }: Frame): void {
    switch (type) {
      case 'session:attached':
        return this.attached(payload as unknown as Attached);
      case 'terminal:repaint':
        return this.repaint(payload as unknown as Repaint);
      case 'terminal:resized':
        return this.sized(Number(payload?.cols), Number(payload?.rows));
      case 'control:changed':
        return this.sink.controlled(payload as unknown as Control);
      case 'session:exited':
        return this.sink.exited(payload as unknown as Exit);
      case 'agent:switched':
        return this.sink.switched(payload?.session as Session | undefined);
      case 'error':
        return this.failed({ code: String(payload?.code ?? ''), message: String(payload?.message ?? '') });
    }
  }

  private attached(info: Attached): void {
    clearTimeout(this.deadline);
    clearInterval(this.pinger);
    this.deadline = undefined;
    this.pinger = setInterval(() => this.ping(), PING_EVERY_MS);
    this.attaching = false;
    this.repaintDue = info.replay === 'screen';
    if (this.expected === null && info.replay === 'none') this.expected = info.offset;
    this.acks.restart(this.expected ?? 0);
    if (this.current !== 'live') this.liveSince = Date.now();
    this.become('live');
    this.sink.attached(info);
    if (info.control && (info.cols !== this.size.cols || info.rows !== this.size.rows)) {
      this.send('terminal:resize', this.size); // resized while the line was being made
    }
  }

  private output(frame: ArrayBuffer): void {
    if (this.attaching || this.repaintDue) return; // of the attachment before, or drawn by the repaint that is due
    const output = readOutput(frame);
    if (!output) return;
    this.expected ??= output.start;
    const bytes = unseen(output, this.expected);
    if (!bytes) return this.gap();
    this.gaps = 0;
    for (let at = 0; at < bytes.length; at += 65_536) this.draw(bytes.subarray(at, at + 65_536));
  }

  /** The server's screen has this size now, whoever asked for it. */
  private sized(cols: number, rows: number): void {
    if (!(cols > 1 && rows > 1)) return;
    this.sink.resized(cols, rows);
  }

  private draw(bytes: Uint8Array): void {
    const end = (this.expected ?? 0) + bytes.length;
    this.expected = end;
    this.sink.write(bytes, this.acks.upTo(end));
  }

  /** Bytes are missing: ask for them; when asking doesn't help, for the whole screen. */
  private gap(): void {
    this.gaps += 1;
    if (this.gaps > FRUITLESS_GAPS) this.expected = null;
    this.attach();
  }

  private repaint({ data, offset, cols, rows, history }: Repaint): void {
    if (this.attaching) return;
    this.repaintDue = false;
    this.expected = offset;
    this.acks.restart(-1); // a repaint is acknowledged, at offset 0 too
    this.sized(cols, rows);
    const acknowledge = this.acks.upTo(offset);
    this.sink.write(data, () => {
      acknowledge();
      this.sink.repainted(history ?? 0);
    });
  }

  private failed(error: LinkError): void {
    if (error.code === 'FORBIDDEN' && this.attaching && this.mode === 'control') {
      this.mode = 'view'; // who may not drive may perhaps look on
      return this.attach();
    }
    this.sink.failed(error);
    if (error.code === 'ATTACH_FAILED') this.expected = null; // the next process starts a stream of its own
    if (FINAL.has(error.code)) this.stop();
    else if (this.attaching || UNATTACHED.has(error.code)) this.lost();
  }
}

function parse(text: string): Frame | null {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null && 'type' in frame ? (frame as Frame) : null;
  } catch {
    return null;
  }
}
