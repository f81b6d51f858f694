/** One opened file: its text in an editor, whether it is changed, and what is on the disk meanwhile. */
import { signal } from '@preact/signals';

import { ApiError, explain } from '../../api/client';
import { type At, beginning, type Contents, read, stat, write } from '../../api/files';
import type { FileEditor } from '../../editor/editor';
import { toast } from '../../ui/toast';
import { baseName, isPicture } from './paths';

export type Kind = 'loading' | 'text' | 'picture' | 'binary' | 'failed';

/** Another version is on the disk; null as content: the file is gone. `asks`: a save ran into it. */
export interface Conflict {
  theirs: Contents | null;
  asks: boolean;
}

export class OpenedFile {
  readonly name: string;
  readonly kind = signal<Kind>('loading');
  readonly dirty = signal(false);
  readonly saving = signal(false);
  readonly conflict = signal<Conflict | null>(null);
  readonly failure = signal('');
  /** Only its beginning is here, too large to be changed. */
  readonly cut = signal(false);
  readonly size = signal(0);
  readonly wraps = signal(false);
  editor: FileEditor | null = null;
  private etag = '';
  private wanted: [number, number, number] | null = null;

  constructor(
    readonly sessionId: string,
    readonly at: At,
  ) {
    this.name = baseName(at.path);
    if (isPicture(this.name)) this.kind.value = 'picture';
    else void this.load();
  }

  get path(): string {
    return this.at.path;
  }

  async load(): Promise<void> {
    try {
      const found = await read(this.sessionId, this.at);
      this.size.value = found.size;
      if (found.encoding === 'base64') this.kind.value = 'binary';
      else await this.take(found.content, found.etag);
    } catch (error) {
      if (error instanceof ApiError && error.status === 413) await this.loadBeginning().catch((why) => this.fail(why));
      else this.fail(error);
    }
  }

  private async loadBeginning(): Promise<void> {
    const [entry, text] = await Promise.all([stat(this.sessionId, this.at), beginning(this.sessionId, this.at)]);
    this.size.value = entry.size;
    this.cut.value = true;
    if (text.includes('\0')) this.kind.value = 'binary';
    else await this.take(text, entry.etag ?? '');
  }

  private fail(error: unknown): void {
    this.failure.value = explain(error);
    this.kind.value = 'failed';
  }

  private async take(content: string, etag: string): Promise<void> {
    this.etag = etag;
    if (this.editor) {
      this.editor.replace(content);
    } else {
      const { FileEditor } = await import('../../editor/editor');
      this.editor = new FileEditor({
        name: this.name,
        content,
        readOnly: this.cut.value,
        onDirty: (dirty) => (this.dirty.value = dirty),
        onSave: () => void this.save(),
      });
    }
    this.dirty.value = false;
    this.conflict.value = null;
    this.kind.value = 'text';
    if (this.wanted) this.goTo(...this.wanted);
  }

  /** At once, or as soon as the text is here. */
  goTo(line: number, from: number, to: number): void {
    this.wanted = [line, from, to];
    if (this.kind.value !== 'text' || !this.editor?.view.dom.isConnected) return;
    this.editor.goTo(line, from, to);
    this.wanted = null;
  }

  shown(): void {
    if (this.wanted) this.goTo(...this.wanted);
  }

  /** Writes it; `over`: whatever is there now. True when it is saved. */
  async save(over = false, content = this.editor?.content): Promise<boolean> {
    if (content === undefined || this.cut.value || this.saving.value) return false;
    this.saving.value = true;
    try {
      const written = await write(this.sessionId, this.at, content, over ? undefined : this.etag);
      if (this.editor && content !== this.editor.content && over) this.editor.replace(content);
      this.etag = written.etag;
      this.size.value = written.size;
      this.dirty.value = this.editor?.markSaved(content) ?? false;
      this.conflict.value = null;
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.status === 404)) await this.look(true);
      if (!this.conflict.value) toast(explain(error), 'danger');
      return false;
    } finally {
      this.saving.value = false;
    }
  }

  /** Looks whether the disk has another version: takes it where nothing was changed here, else says so. */
  async look(asks = false): Promise<void> {
    if (this.kind.value !== 'text' || this.cut.value) return;
    try {
      if (!asks && (await stat(this.sessionId, this.at)).etag === this.etag) return;
      const theirs = await read(this.sessionId, this.at);
      if (theirs.etag === this.etag) return;
      if (!this.dirty.value && theirs.encoding === 'utf-8') await this.take(theirs.content, theirs.etag);
      else this.conflict.value = { theirs, asks: asks || this.conflict.value?.asks === true }; // a question once asked stays
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) return; // it will be looked for again
      this.conflict.value = { theirs: null, asks };
      this.dirty.value = true;
    }
  }

  /** What is on the disk is the truth: what was typed here is dropped. */
  async reload(): Promise<void> {
    const theirs = this.conflict.value?.theirs;
    if (theirs?.encoding === 'utf-8') await this.take(theirs.content, theirs.etag);
    else await this.load();
  }

  wrap(): void {
    this.wraps.value = !this.wraps.value;
    this.editor?.wrap(this.wraps.value);
  }

  close(): void {
    this.editor?.destroy();
    this.editor = null;
  }
}
