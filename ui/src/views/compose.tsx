/** A box to write in as in any other app, with the phone's corrections and dictation; it is typed when it is sent. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { TerminalView } from '../term/view';

const BREATH_MS = 120; // programs take Enter right behind a paste for a part of it
/** What is written and not yet sent, by session: it stays when the box is closed. */
const drafts = signal<Readonly<Record<string, string>>>({});

export function Compose({ view, onClose }: { view: TerminalView; onClose: () => void }): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const text = drafts.value[view.id] ?? '';
  const keep = (next: string): void => {
    drafts.value = { ...drafts.value, [view.id]: next };
  };
  useEffect(() => box.current?.focus(), []);
  const send = (event: Event): void => {
    event.preventDefault();
    if (text) view.paste(text, true);
    setTimeout(() => view.type('\r'), text ? BREATH_MS : 0);
    keep('');
    box.current?.focus();
  };
  return (
    <form class="compose" aria-label="Write" onSubmit={send}>
      <textarea
        ref={box}
        rows={2}
        aria-label="Text for the terminal"
        placeholder="Write, then send"
        autocapitalize="sentences"
        autocorrect="on"
        spellcheck
        value={text}
        onInput={(event) => keep(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && onClose()}
      />
      <button class="button button-primary">Send</button>
    </form>
  );
}
