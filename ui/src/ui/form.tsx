/** A form in a dialog: busy while it is sent, the failure said where the button is. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

import { explain } from '../api/client';

interface Props {
  verb: string;
  ready?: boolean;
  submit: (form: FormData) => Promise<unknown>;
  onClose: () => void;
  cancel?: string;
  failure?: string;
  children: ComponentChildren;
}

export function Form({ verb, ready = true, submit, onClose, cancel = 'Cancel', failure, children }: Props): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setRefusal('');
    try {
      await submit(new FormData(event.currentTarget as HTMLFormElement));
      onClose();
    } catch (error) {
      setRefusal(explain(error));
      setBusy(false);
    }
  };
  const said = refusal || failure;
  return (
    <form onSubmit={(event) => void onSubmit(event)}>
      {children}
      {said && (
        <p class="form-error" role="alert">
          {said}
        </p>
      )}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          {cancel}
        </button>
        <button class="button button-primary" disabled={busy || !ready}>
          {verb}
        </button>
      </footer>
    </form>
  );
}

/** The text of a field, without blanks around it. */
export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** Tags as typed into one line: `web, urgent`. */
export function tagsOf(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

interface FieldProps {
  label: string;
  optional?: boolean;
  /** What is wrong with it. */
  wrong?: string | undefined;
  children: ComponentChildren;
}

export function Field({ label, optional, wrong, children }: FieldProps): JSX.Element {
  return (
    <div class={wrong ? 'field-wrong' : undefined}>
      <label class="field">
        <span>
          {label} {optional && <em>optional</em>}
        </span>
        {children}
      </label>
      {wrong && (
        <p class="field-error" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
