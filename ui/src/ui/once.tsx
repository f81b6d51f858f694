/** A secret or a link that is shown this once: in a field to select, with a button that copies it. */
import './once.css';

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { Icon } from './icons';

export function Once({ label, text, note }: { label: string; text: string; note: string }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const said = useSignal('');
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
    said.value = '';
  }, [text]);
  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied';
    } catch {
      // a plain-http address has no clipboard object; the old way needs what is selected, within the dialog
      said.value = document.execCommand('copy') ? 'Copied' : 'Copy it by hand';
    }
  };
  return (
    <div class="once">
      <label class="field">
        <span>{label}</span>
        <input ref={field} class="mono" readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <button type="button" class="button button-primary once-copy" onClick={() => void copy()}>
        <Icon name="copy" size={16} /> Copy
      </button>
      <p class="once-note" role="status">
        {said.value ? <strong>{said.value}. </strong> : null}
        {note}
      </p>
    </div>
  );
}
