/** One terminal on the page: an xterm, its connection, and the signals that the views around it read. */
import { signal } from '@preact/signals';
import { FitAddon } from '@xterm/addon-fit';
import type { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

import { explain } from '../api/client';
import { byId, learn } from '../api/sessions';
import type { Attached, Control, Exit, Session, Viewer } from '../api/types';
import { screenLook } from '../theme';
import { copyText } from './clipboard';
import { fontToFit } from './fit';
import { drawImages, Lookout } from './images';
import { takeIn } from './intake';
import { handleKeys, withCtrl } from './keys';
import { isDisguised, openAddress, webAddress } from './links';
import { followSettings, zoom } from './looks';
import { fontPx, LINE_HEIGHT } from './metrics';
import { hearClipboard } from './osc52';
import { Pacer } from './pacer';
import { asWord, harmless, runsAtOnce } from './pasting';
import { swallowQueries } from './queries';
import { Renderer, sparesSelection } from './renderer';
import { TerminalSocket, type LinkError, type LinkState, type Sink } from './socket';
import { marks } from './theme';
import { touchScroll } from './touch';
import { encode, encodeBinary } from './wire';

/** What is done only when somebody says yes. */
export type Question =
  | { kind: 'paste'; text: string }
  | { kind: 'link'; address: string; shown: string }
  | { kind: 'clipboard'; text: string };

const RESIZE_SETTLES_MS = 60;
const REFUSAL_SHOWN_MS = 4000;
const ERROR_SHOWN_MS = 6000;
const HISTORY_LINES = 10_000;

export class TerminalView implements Sink {
  readonly element = document.createElement('div');
  readonly terminal = new Terminal({
    allowProposedApi: true, // the grapheme widths
    lineHeight: LINE_HEIGHT,
    scrollback: HISTORY_LINES,
    macOptionIsMeta: true,
    rightClickSelectsWord: false,
    linkHandler: { activate: (_event, address, range) => this.follow(address, this.textAt(range)) },
  });

  readonly link = signal<LinkState>('connecting');
  readonly error = signal<LinkError | null>(null);
  readonly exit = signal<Exit | null>(null);
  readonly title = signal('');
  readonly driving = signal(true);
  readonly driver = signal<Control['driver']>(null);
  readonly viewers = signal<Viewer[]>([]);
  readonly viewerCount = signal(1);
  /** There is history above what is loaded, and the reader has come to its top. */
  readonly moreHistory = signal(false);
  readonly selected = signal(false);
  readonly refused = signal(false);
  readonly ctrl = signal(false);
  readonly finding = signal(false);
  readonly found = signal<{ at: number; count: number } | null>(null);
  readonly everLive = signal(false);
  /** This line may only look: nothing that is typed goes out. */
  readonly viewOnly = signal(false);
  /** Somebody who followed a link: has no name here, and no workspace to put files into. */
  readonly isGuest: boolean = false;
  /** It has rung while nobody looked at it. */
  readonly rang = signal(false);
  /** What somebody must agree to before it is done; the views around the terminal ask. */
  readonly question = signal<Question | null>(null);
  /** So many pictures and files are on their way into the workspace. */
  readonly sending = signal(0);
  readonly trouble = signal('');

  private readonly fitter = new FitAddon();
  private readonly renderer = new Renderer(this.terminal);
  private readonly socket: TerminalSocket;
  private readonly observer = new ResizeObserver(() => this.refit());
  private readonly lookout = new Lookout();
  private readonly pacer = new Pacer((data, done) => this.draw(data, done));
  private readonly unfollow: () => void;
  private search: SearchAddon | undefined;
  private images: Promise<unknown> | null = null;
  private held: [Uint8Array | string, () => void][] | null = null;
  private mayCopy: boolean | undefined;
  private fitTimer = 0;
  private refusalTimer = 0;
  private errorTimer = 0;
  private started = false;
  private historyAbove = false;
  private linesBefore = 0;

  constructor(
    readonly id: string,
    open: () => WebSocket,
  ) {
    this.element.className = 'terminal-host';
    this.socket = new TerminalSocket(id, this, open);
    const { terminal } = this;
    terminal.loadAddon(this.fitter);
    terminal.loadAddon(new WebLinksAddon((_event, address) => openAddress(address)));
    terminal.loadAddon(new UnicodeGraphemesAddon());
    swallowQueries(terminal.parser);
    hearClipboard(terminal.parser, (text) => void this.wishesToCopy(text));
    handleKeys(terminal, { copy: () => void this.copy(), find: () => void this.find(), zoom });
    this.unfollow = followSettings(terminal, () => this.refit());
    takeIn(this.element, {
      paste: (text) => this.paste(text),
      send: (files) => void this.send(files),
      isOff: () => this.viewOnly.value,
    });
    terminal.onBell(() => (this.rang.value = !this.isLookedAt));
    terminal.onData((data) => this.type(data));
    terminal.onBinary((data) => this.sendBytes(encodeBinary(data)));
    terminal.onTitleChange((title) => (this.title.value = title));
    terminal.onRender(() => this.lookForTop());
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
      sparesSelection(this.terminal);
      touchScroll(this.terminal, this.element);
    }
    this.rang.value = false;
    this.fit();
    this.observer.observe(container);
    void this.renderer.show();
    if (!this.started) {
      this.started = true;
      this.socket.start(this.terminal.cols, this.terminal.rows, byId.peek().get(this.id)?.access === 'view');
    }
  }

  /** On a phone it would open the keyboard. */
  focus(): void {
    if (!matchMedia('(pointer: coarse)').matches) this.terminal.focus();
  }

  get isShown(): boolean {
    return this.element.isConnected;
  }

  private get isLookedAt(): boolean {
    return this.isShown && document.hasFocus();
  }

  hide(): void {
    this.observer.disconnect();
    clearTimeout(this.fitTimer);
    this.renderer.hide();
    this.element.remove();
  }

  dispose(): void {
    this.hide();
    this.unfollow();
    this.socket.stop();
    this.pacer.stop();
    this.terminal.dispose();
  }

  nudge(): void {
    this.socket.nudge();
  }

  reattach(): void {
    this.socket.reattach();
  }

  /** As if pasted: bracketed where the program asked for it, else not more than a line without asking. */
  paste(text: string, isAgreed = false): void {
    const clean = harmless(text);
    if (!isAgreed && runsAtOnce(clean, this.terminal.modes.bracketedPasteMode)) {
      this.question.value = { kind: 'paste', text: clean };
    } else if (clean) {
      this.terminal.paste(clean);
    }
  }

  /** Puts pictures and files into the workspace and types their paths, so that the agent can be told of them. */
  async send(files: File[]): Promise<void> {
    if (this.viewOnly.value || files.length === 0) return;
    const { isPicture, sendFile, sendPicture } = await import('../api/uploads');
    this.sending.value += files.length;
    for (const file of files) {
      try {
        const path = isPicture(file) ? await sendPicture(this.id, file) : await sendFile(this.id, file);
        this.paste(`${asWord(path)} `, true);
      } catch (error) {
        this.trouble.value = `${file.name}: ${explain(error)}`;
      }
      this.sending.value -= 1;
    }
    this.focus();
  }

  /** A program's own link (OSC 8) shows any text: where it leads is said before anybody goes there. */
  private follow(text: string, shown: string): void {
    const address = webAddress(text);
    if (!address) this.trouble.value = 'This link leads to something that is no web page. It is not opened.';
    else if (isDisguised(shown, address)) this.question.value = { kind: 'link', address, shown };
    else openAddress(address);
  }

  private textAt({ start, end }: { start: { x: number; y: number }; end: { x: number; y: number } }): string {
    const line = start.y === end.y ? this.terminal.buffer.active.getLine(start.y - 1) : undefined;
    return line?.translateToString(false, start.x - 1, end.x) ?? '';
  }

  /** Asked once for a session; nothing is copied behind somebody's back while he is elsewhere. */
  private async wishesToCopy(text: string): Promise<void> {
    if (this.mayCopy === false || this.viewOnly.value) return;
    if (this.mayCopy && this.isLookedAt && (await copyText(text))) return;
    this.question.value ??= { kind: 'clipboard', text };
  }

  /** The answer to what was asked. */
  answer(isAgreed: boolean): void {
    const asked = this.question.value;
    this.question.value = null;
    if (asked?.kind === 'clipboard') {
      this.mayCopy = isAgreed;
      if (isAgreed) void copyText(asked.text);
    }
    if (isAgreed && asked?.kind === 'paste') this.paste(asked.text, true);
    if (isAgreed && asked?.kind === 'link') openAddress(asked.address);
  }

  type(data: string): void {
    const text = this.ctrl.value ? withCtrl(data) : data;
    this.ctrl.value = false;
    this.sendBytes(encode(text));
  }

  async copy(): Promise<boolean> {
    const text = this.terminal.getSelection();
    return text !== '' && copyText(text);
  }

  async find(): Promise<void> {
    if (!this.search) {
      const { SearchAddon } = await import('@xterm/addon-search');
      this.search ??= new SearchAddon({ highlightLimit: 2000 });
      this.terminal.loadAddon(this.search);
      this.search.onDidChangeResults(({ resultIndex, resultCount }) => {
        this.found.value = { at: resultIndex, count: resultCount };
      });
    }
    this.finding.value = true;
  }

  /** False when it is nowhere, or no pattern. */
  findNext(text: string, { backwards = false, regex = false, caseSensitive = false } = {}): boolean {
    if (!this.search || text === '') {
      this.search?.clearDecorations();
      this.found.value = null;
      return true;
    }
    const { match, active, ruler } = marks[screenLook.value];
    const decorations = {
      matchBackground: match,
      activeMatchBackground: active,
      matchOverviewRuler: ruler,
      activeMatchColorOverviewRuler: active,
    };
    try {
      const options = { regex, caseSensitive, decorations };
      return backwards ? this.search.findPrevious(text, options) : this.search.findNext(text, options);
    } catch {
      this.found.value = null;
      return false; // an unfinished pattern
    }
  }

  closeFind(): void {
    this.finding.value = false;
    this.found.value = null;
    this.search?.clearDecorations();
    this.terminal.focus();
  }

  private sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.viewOnly.value) return;
    if (this.exit.value || !this.socket.input(bytes)) this.refuse();
  }

  /** What is typed without a line is lost, and is seen to be lost: nothing surprises the program minutes later. */
  private refuse(): void {
    this.refused.value = true;
    clearTimeout(this.refusalTimer);
    this.refusalTimer = window.setTimeout(() => (this.refused.value = false), REFUSAL_SHOWN_MS);
  }

  /** Drive from now on: the terminal gets this window's size. */
  take(): void {
    this.terminal.options.fontSize = fontPx();
    const room = this.room();
    if (room) this.socket.take(room.cols, room.rows);
    this.terminal.focus();
  }

  loadHistory(): void {
    this.historyAbove = this.moreHistory.value = false;
    this.linesBefore = this.terminal.buffer.normal.baseY;
    this.socket.refresh(HISTORY_LINES);
  }

  private lookForTop(): void {
    const { type, viewportY, baseY } = this.terminal.buffer.active;
    this.moreHistory.value = this.historyAbove && type === 'normal' && viewportY === 0 && baseY > 0;
  }

  private refit(): void {
    clearTimeout(this.fitTimer);
    this.fitTimer = window.setTimeout(() => this.fit(), RESIZE_SETTLES_MS);
  }

  /** The driver's window sets the terminal's size; everybody else's font makes that size fit into the window. */
  private fit(): void {
    if (!this.driving.value) {
      fontToFit(this.terminal, this.element, fontPx());
      return;
    }
    this.element.style.cssText = '';
    this.terminal.options.fontSize = fontPx();
    const room = this.room();
    if (!room) return;
    this.pacer.flush(); // it was printed for the size before
    this.terminal.resize(room.cols, room.rows);
    this.socket.resize(room.cols, room.rows);
  }

  private room(): { cols: number; rows: number } | null {
    this.element.style.cssText = '';
    const room = this.fitter.proposeDimensions();
    return room?.cols && room.rows ? { cols: Math.max(room.cols, 10), rows: Math.max(room.rows, 4) } : null;
  }

  write(data: Uint8Array | string, done: () => void): void {
    this.pacer.put(data, done);
  }

  private draw(data: Uint8Array | string, done: () => void): void {
    if (!this.images && typeof data !== 'string' && this.lookout.sees(data)) {
      this.held = []; // the picture that begins here waits for the code that draws it, and all after it
      this.images = drawImages(this.terminal).then(() => {
        const waiting = this.held ?? [];
        this.held = null;
        for (const [piece, drawn] of waiting) this.terminal.write(piece, drawn);
      });
    }
    if (this.held) this.held.push([data, done]);
    else this.terminal.write(data, done);
  }

  resized(cols: number, rows: number): void {
    this.pacer.flush();
    this.terminal.resize(cols, rows);
    if (!this.driving.value) this.fit();
  }

  repainted(history: number): void {
    const lines = this.terminal.buffer.normal.baseY;
    this.historyAbove = history > 0 && history < HISTORY_LINES && lines >= history;
    if (this.linesBefore) this.terminal.scrollToLine(lines - this.linesBefore); // the reader stays where he was
    this.linesBefore = 0;
  }

  controlled({ driver, you, viewers, viewerCount }: Control): void {
    this.driver.value = driver;
    this.viewers.value = viewers;
    this.viewerCount.value = viewerCount;
    if (this.driving.value === you) return;
    this.driving.value = you;
    this.fit();
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
    const driver = info.viewers?.find((viewer) => viewer.drives) ?? null;
    this.driver.value = driver && { user: driver.user, id: driver.id };
    this.viewers.value = info.viewers ?? [];
    this.viewerCount.value = info.viewerCount ?? 1;
    this.driving.value = info.control;
    this.viewOnly.value = info.mode === 'view';
    this.terminal.options.disableStdin = this.viewOnly.value;
    if (info.title) this.title.value = info.title;
    if (!info.control) this.resized(info.cols, info.rows);
    else if (this.terminal.element) this.fit();
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
