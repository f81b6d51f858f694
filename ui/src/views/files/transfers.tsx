/** The uploads at the foot of the tree: how far they are, what failed, and the question before overwriting. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { clearTransfers, question, type Transfer, transfers } from './uploads';

export function Transfers({ sessionId }: { sessionId: string }): JSX.Element | null {
  const all = transfers.value.filter((each) => each.sessionId === sessionId);
  if (all.length === 0) return null;
  const done = all.filter((each) => each.state === 'done').length;
  const isOver = all.every((each) => each.state === 'done' || each.state === 'failed');
  const words = isOver ? `${done} of ${all.length} uploaded` : `Uploading ${all.length - done} of ${all.length}…`;
  return (
    <section class="transfers" aria-label="Uploads">
      <header class="transfers-head">
        <span role="status">{words}</span>
        <button type="button" class="link" hidden={!isOver} onClick={clearTransfers}>
          Clear
        </button>
      </header>
      <ul>
        {all.map((each) => (
          <Line key={each.id} transfer={each} />
        ))}
      </ul>
    </section>
  );
}

function Line({ transfer }: { transfer: Transfer }): JSX.Element {
  const { name, share, state, failure, abort } = transfer;
  return (
    <li class={`transfer transfer-${state}`}>
      <span class="transfer-name" title={failure || name}>
        {name}
        {failure && <em> {failure}</em>}
      </span>
      {state === 'sending' && <progress value={share} max={1} aria-label={`Upload of ${name}`} />}
      {state === 'done' && <Icon name="check" size={15} />}
      {(state === 'sending' || state === 'waiting') && (
        <button type="button" class="icon-button icon-small" aria-label={`Cancel ${name}`} onClick={() => abort.abort()}>
          <Icon name="close" size={14} />
        </button>
      )}
    </li>
  );
}

export function OverwriteQuestion({ sessionId }: { sessionId: string }): JSX.Element | null {
  const asked = question.value;
  const [forAll, setForAll] = useState(false);
  if (asked?.sessionId !== sessionId) return null;
  const answer = (replace: boolean): void => asked.answer(replace, forAll);
  return (
    <Dialog key={asked.name} title="Replace the file?" onClose={() => answer(false)}>
      <div class="dialog-text">
        <p>
          There is a <b>{asked.name}</b> already. What is in it would be lost.
        </p>
        {asked.several && (
          <label class="check">
            <input type="checkbox" checked={forAll} onChange={() => setForAll(!forAll)} />
            <span>The same for the others</span>
          </label>
        )}
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={() => answer(false)}>
          Keep it
        </button>
        <button type="button" class="button button-danger" onClick={() => answer(true)}>
          Replace
        </button>
      </footer>
    </Dialog>
  );
}
