/** Switches to another branch, or begins a new one. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { explain } from '../../api/client';
import { type Branch, branches, startBranch, switchTo } from '../../api/git';
import { now } from '../../api/sessions';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { ago, exactly } from '../../ui/time';
import type { Repository } from './store';

export function BranchDialog({ of, onClose }: { of: Repository; onClose: () => void }): JSX.Element {
  const all = useSignal<readonly Branch[] | null>(null);
  const word = useSignal('');
  const failure = useSignal('');
  useEffect(() => {
    branches(of.id).then(
      (found) => (all.value = found.branches),
      (error: unknown) => (failure.value = explain(error)),
    );
  }, []);
  const name = word.value.trim();
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    of.busy.value = true;
    failure.value = '';
    try {
      await work();
      onClose();
      await of.refresh();
    } catch (error) {
      failure.value = explain(error);
    } finally {
      of.busy.value = false;
    }
  };
  const shown = (all.value ?? []).filter((branch) => branch.name.toLowerCase().includes(name.toLowerCase()));
  const isNew = name !== '' && all.value !== null && !all.value.some((branch) => branch.name === name);
  const go = (branch: Branch): Promise<void> =>
    act(() => (branch.remote ? startBranch(of.id, localName(branch, all.value ?? []), branch.name) : switchTo(of.id, branch.name)));
  const submit = (event: Event): void => {
    event.preventDefault();
    const exact = shown.find((branch) => branch.name === name);
    if (exact) void go(exact);
    else if (isNew) void act(() => startBranch(of.id, name));
  };
  return (
    <Dialog title="Branches" onClose={onClose}>
      <form class="branches" onSubmit={submit}>
        <input
          type="search"
          aria-label="Find a branch, or name a new one"
          placeholder="Find, or name a new one"
          autofocus
          autocomplete="off"
          spellcheck={false}
          value={word.value}
          onInput={(event) => (word.value = event.currentTarget.value)}
        />
        {failure.value && (
          <p class="form-error" role="alert">
            {failure.value}
          </p>
        )}
        <ul class="branch-list">
          {isNew && (
            <li>
              <button type="submit" class="branch" disabled={of.busy.value}>
                <Icon name="plus" size={16} />
                <span class="branch-text">
                  <b>New branch “{name}”</b>
                  <small>from where you are now</small>
                </span>
              </button>
            </li>
          )}
          {shown.map((branch) => (
            <li key={`${branch.remote} ${branch.name}`}>
              <button
                type="button"
                class="branch"
                disabled={branch.current || of.busy.value}
                aria-current={branch.current ? 'true' : undefined}
                onClick={() => void go(branch)}
              >
                <Icon name={branch.current ? 'check' : branch.remote ? 'globe' : 'branch'} size={16} />
                <span class="branch-text">
                  <b>{branch.name}</b>
                  <small title={exactly(branch.committedAt)}>
                    {branch.subject} · {ago(branch.committedAt, now.value)}
                  </small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </form>
    </Dialog>
  );
}

/** `origin/topic` is worked on as `topic`, unless that is there already. */
function localName(branch: Branch, all: readonly Branch[]): string {
  const bare = branch.name.slice(branch.name.indexOf('/') + 1);
  return all.some((other) => !other.remote && other.name === bare) ? branch.name.replaceAll('/', '-') : bare;
}
