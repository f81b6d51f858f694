/** One terminal on the page: an xterm, its connection, and the signals that the views around it read. */
import { signal } from '@preact/signals';
import { FitAddon } from '@xterm/addon-fit';
import type { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

import { learn } from '../api/sessions';
import type { Attached, Exit, Session } from '../api/types';
import { copyText } from './clipboard';
import { handleKeys, withCtrl } from './keys';
import { swallowQueries } from './queries';
import { Renderer } from './renderer';
import { TerminalSocket, type LinkError, type LinkState, type Sink } from './socket';
import { theme } from './theme';
import { touchScroll } from './touch';
import { encode, encodeBinary } from './wire';

const RESIZE_SETTLES_MS = 60;
const REFUSAL_SHOWN_MS = 4000;
const ERROR_SHOWN_MS = 6000;

export class TerminalView implements Sink {
  readonly element = document.createElement('div');
  readonly terminal = new Terminal({
    allowProposedApi: true, // the grapheme widths
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    fontSize: matchMedia('(max-width: 640px)').matches ? 12 : 14,
    lineHeight: 1.15,
    minimumContrastRatio: 4.5,
    scrollback: 10_000,
    macOptionIsMeta: true,
    theme,
  });

  readonly link = signal<LinkState>('connecting');
  readonly error = signal<LinkError | null>(null);
  readonly exit = signal<Exit | null>(null);
  readonly title = signal('');
  readonly driving = signal(true);
  readonly selected = signal(false);
  readonly refused = signal(false);
  readonly ctrl = signal(false);
  readonly finding = signal(false);
  readonly everLive = signal(false);

  private readonly fitter = new FitAddon();
  private readonly renderer = new Renderer(this.terminal);
  private readonly socket: TerminalSocket;
  private readonly observer = new ResizeObserver(() => this.refit());
  private search: SearchAddon | undefined;
  private fitTimer = 0;
  private refusalTimer = 0;
  private errorTimer = 0;
  private started = false;

  constructor(
    readonly id: string,
    open: () => WebSocket,
  ) {
    this.element.className = 'terminal-host';
    this.socket = new TerminalSocket(id, this, open);
    const { terminal } = this;
    terminal.loadAddon(this.fitter);
    terminal.loadAddon(new WebLinksAddon());
    terminal.loadAddon(new UnicodeGraphemesAddon());
    swallowQueries(terminal.parser);
    handleKeys(terminal, { copy: () => void this.copy(), find: () => void this.find() });
    terminal.onData((data) => this.type(data));
    terminal.onBinary((data) => this.send(encodeBinary(data)));
    terminal.onTitleChange((title) => (this.title.value = title));
    terminal.onSelectionChange(() => (this.selected.value = terminal.hasSelection()));
  }

  /** For tests and the console: the state of the line and the offset of the next byte. */
  get state(): LinkState {
    return this.link.value;
  }

  get offset(): number | null {
    return this.socket.offset;
  }

  show(container: HTMLElement): void {
    container.append(this.element);
    if (!this.terminal.element) {
      this.terminal.open(this.element);
      touchScroll(this.terminal, this.element);
      this.terminal.textarea?.addEventListener('focus', () => this.fit()); // the window one works in sets the size
    }
    this.fit();
    this.observer.observe(this.element);
    void this.renderer.show();
    if (!this.started) {
      this.started = true;
      this.socket.start(this.terminal.cols, this.terminal.rows);
    }
    if (!matchMedia('(pointer: coarse)').matches) this.terminal.focus(); // on a phone that opens the keyboard
  }

  hide(): void {
    this.observer.disconnect();
    clearTimeout(this.fitTimer);
    this.renderer.hide();
    this.element.remove();
  }

  dispose(): void {
    this.hide();
    this.socket.stop();
    this.terminal.dispose();
  }

  nudge(): void {
    this.socket.nudge();
  }

  reattach(): void {
    this.socket.reattach();
  }

  /** Text from the page's own buttons, as if pasted: bracketed where the program asked for it. */
  paste(text: string): void {
    this.terminal.paste(text);
  }

  type(data: string): void {
    const text = this.ctrl.value ? withCtrl(data) : data;
    this.ctrl.value = false;
    this.send(encode(text));
  }

  async copy(): Promise<boolean> {
    const text = this.terminal.getSelection();
    return text !== '' && copyText(text);
  }

  async find(): Promise<void> {
    if (!this.search) {
      const { SearchAddon } = await import('@xterm/addon-search');
      this.search ??= new SearchAddon();
      this.terminal.loadAddon(this.search);
    }
    this.finding.value = true;
  }

  findNext(text: string, backwards = false): boolean {
    if (!this.search || text === '') return true;
    return backwards ? this.search.findPrevious(text) : this.search.findNext(text);
  }

  closeFind(): void {
    this.finding.value = false;
    this.search?.clearDecorations();
    this.terminal.focus();
  }

  private send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.exit.value || !this.socket.input(bytes)) this.refuse();
  }

  /** What is typed without a line is lost, and is seen to be lost: nothing surprises the program minutes later. */
  private refuse(): void {
    this.refused.value = true;
    clearTimeout(this.refusalTimer);
    this.refusalTimer = window.setTimeout(() => (this.refused.value = false), REFUSAL_SHOWN_MS);
  }

  private refit(): void {
    clearTimeout(this.fitTimer);
    this.fitTimer = window.setTimeout(() => this.fit(), RESIZE_SETTLES_MS);
  }

  private fit(): void {
    const room = this.fitter.proposeDimensions();
    if (!room || !room.cols || !room.rows) return;
    const cols = Math.max(room.cols, 10);
    const rows = Math.max(room.rows, 4);
    if (this.driving.value) this.terminal.resize(cols, rows);
    this.socket.resize(cols, rows);
  }

  write(data: Uint8Array | string, done: () => void): void {
    this.terminal.write(data, done);
  }

  resized(cols: number, rows: number): void {
    this.terminal.resize(cols, rows);
  }

  /** The connection's state has changed. */
  onState(state: LinkState): void {
    this.link.value = state;
    if (state !== 'live') return;
    this.everLive.value = true;
    this.error.value = null;
    this.refused.value = false;
  }

  attached(info: Attached): void {
    this.driving.value = info.control;
    if (!info.control) this.terminal.resize(info.cols, info.rows);
    this.learn(info.session);
  }

  exited(exit: Exit): void {
    this.exit.value = exit;
  }

  switched(session: Session | undefined): void {
    if (session) this.learn(session);
    else this.exit.value = null;
  }

  failed(error: LinkError): void {
    this.error.value = error;
    if (error.code === 'ATTACH_FAILED') this.exit.value = { code: null, signal: null }; // its process is gone
    clearTimeout(this.errorTimer);
    this.errorTimer = window.setTimeout(() => {
      if (this.link.value === 'live') this.error.value = null; // it was about one message, not about the line
    }, ERROR_SHOWN_MS);
  }

  private learn(session: Session): void {
    learn(session);
    const over = session.status === 'exited' || session.status === 'lost';
    this.exit.value = over ? { code: session.exitCode, signal: session.signal } : null;
  }
}
