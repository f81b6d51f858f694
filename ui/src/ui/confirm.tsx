/** Asks before something that can't be undone, and says what went wrong when it did not work. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

import { explain } from '../api/client';
import { Dialog } from './dialog';

interface Props {
  title: string;
  verb: string;
  children: ComponentChildren;
  action: () => Promise<unknown>;
  onClose: () => void;
}

export function Confirm({ title, verb, children, action, onClose }: Props): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const act = async (): Promise<void> => {
    setBusy(true);
    try {
      await action();
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="dialog-text">{children}</div>
      {failure && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button button-danger" disabled={busy} onClick={() => void act()}>
          {verb}
        </button>
      </footer>
    </Dialog>
  );
}
