/** A button with a small panel under it; Escape and what happens elsewhere close it. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useElsewhere } from './elsewhere';

interface Props {
  /** What the panel is called, and the button before what it shows. */
  label: string;
  /** What a screen reader is told of the button's figures. */
  said: string;
  title?: string;
  tone: string;
  button: ComponentChildren;
  children: ComponentChildren;
  onClosed?: (() => void) | undefined;
}

export function Popover({ label, said, title, tone, button, children, onClosed }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (open) panel.current?.focus();
  }, [open]);
  useElsewhere(root, open, () => setOpen(false));
  const close = (): void => {
    setOpen(false);
    if (onClosed) onClosed();
    else opener.current?.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !open) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  return (
    <div class="popover" ref={root} onKeyDown={keys}>
      <button
        ref={opener}
        type="button"
        class={`badge badge-button ${tone}`}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`${label}: ${said}`}
        title={title}
        onClick={() => (open ? close() : setOpen(true))}
      >
        {button}
      </button>
      {open && (
        <div ref={panel} class="popover-panel" role="dialog" aria-label={label} tabIndex={-1}>
          {children}
        </div>
      )}
    </div>
  );
}
