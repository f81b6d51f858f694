/** What a terminal asks before it does it: to paste several lines, to go where a link leads, to fill the clipboard. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { TerminalView } from '../term/view';
import { Dialog } from '../ui/dialog';
import { toast } from '../ui/toast';

const SHOWN_LETTERS = 1500;

export function Questions({ view }: { view: TerminalView }): JSX.Element | null {
  const trouble = view.trouble.value;
  useEffect(() => {
    if (!trouble) return;
    toast(trouble, 'danger');
    view.trouble.value = '';
  }, [trouble]);
  const asked = view.question.value;
  const before = useRef(false);
  useEffect(() => {
    if (before.current && !asked) view.focus(); // only now is the page below no longer inert
    before.current = asked !== null;
  }, [asked]);
  switch (asked?.kind) {
    case 'paste': {
      const lines = asked.text.trimEnd().split(/\r\n|\r|\n/).length;
      return (
        <Ask view={view} title={`Paste ${lines} lines?`} yes="Paste" no="Cancel">
          <p>The program takes each line as if it were typed: a shell runs it at once.</p>
          <Sample text={asked.text} />
        </Ask>
      );
    }
    case 'link':
      return (
        <Ask view={view} title="Open this link?" yes="Open in a new tab" no="Cancel">
          <p>
            “{asked.shown.trim().slice(0, 120)}” leads to <strong>{new URL(asked.address).host}</strong>:
          </p>
          <Sample text={asked.address} />
        </Ask>
      );
    case 'clipboard':
      return (
        <Ask view={view} title="Let this session fill your clipboard?" yes="Allow" no="Not in this session" isUnasked>
          <p>A program in it wants to put this text there. It is asked once; what is on your clipboard it can never read.</p>
          <Sample text={asked.text} />
        </Ask>
      );
    default:
      return null;
  }
}

function Sample({ text }: { text: string }): JSX.Element {
  return <pre class="sample">{text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}…` : text}</pre>;
}

interface AskProps {
  view: TerminalView;
  title: string;
  yes: string;
  no: string;
  /** It comes from a program, maybe while somebody types: a key that was meant for the program must agree to nothing. */
  isUnasked?: boolean;
  children: ComponentChildren;
}

function Ask({ view, title, yes, no, isUnasked = false, children }: AskProps): JSX.Element {
  return (
    <Dialog title={title} onClose={() => view.question.value && view.answer(false)}>
      <div class="dialog-text">{children}</div>
      <footer class="dialog-foot">
        <button type="button" class="button" autofocus={isUnasked} onClick={() => view.answer(false)}>
          {no}
        </button>
        <button type="button" class="button button-primary" autofocus={!isUnasked} onClick={() => view.answer(true)}>
          {yes}
        </button>
      </footer>
    </Dialog>
  );
}
