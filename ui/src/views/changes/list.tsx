/** The changed files, what is staged of them, and the commit that is made of it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { commit, discard, stage, unstage } from '../../api/git';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icons';
import { toast } from '../../ui/toast';
import type { Item, Repository } from './store';

const LETTERS: Record<string, string> = {
  modified: 'M', added: 'A', deleted: 'D', renamed: 'R', copied: 'C', 'type changed': 'T', unmerged: '!', untracked: 'U',
};

export function ChangedList({ of }: { of: Repository }): JSX.Element {
  const { staged, unstaged, untracked, conflicted } = of.items();
  const doomed = useSignal<Item[] | null>(null);
  const paths = (items: Item[]): string[] => items.map(({ file }) => file.path);
  const put = (items: Item[]): void => void of.change(() => stage(of.id, paths(items)));
  const take = (items: Item[]): void => void of.change(() => unstage(of.id, paths(items)));
  const drop = (items: Item[]): void => {
    doomed.value = items;
  };
  return (
    <aside class="changes-side" aria-label="Changed files">
      <div class="changes-files">
        <Group of={of} title="In conflict" items={conflicted} act={{ label: 'Stage', icon: 'plus', all: put }} />
        <Group of={of} title="Staged" items={staged} act={{ label: 'Unstage', icon: 'minus', all: take }} />
        <Group of={of} title="Changed" items={unstaged} act={{ label: 'Stage', icon: 'plus', all: put }} onDrop={drop} />
        <Group of={of} title="New" items={untracked} act={{ label: 'Stage', icon: 'plus', all: put }} onDrop={drop} />
        {of.truncated.value && <p class="changes-more">More files have changed than are shown here.</p>}
      </div>
      <CommitBox of={of} staged={staged.length} conflicted={conflicted.length} />
      {doomed.value && <Discard of={of} items={doomed.value} onClose={() => (doomed.value = null)} />}
    </aside>
  );
}

interface Act {
  label: string;
  icon: 'plus' | 'minus';
  all: (items: Item[]) => void;
}

interface GroupProps {
  of: Repository;
  title: string;
  items: Item[];
  act: Act;
  onDrop?: (items: Item[]) => void;
}

function Group({ of, title, items, act, onDrop }: GroupProps): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <section class="changes-group" aria-label={title}>
      <header>
        <h2>
          {title} <span>{items.length}</span>
        </h2>
        {onDrop && <Tool label={`Discard all: ${title}`} icon="trash" act={() => onDrop(items)} />}
        <Tool label={`${act.label} all: ${title}`} icon={act.icon} act={() => act.all(items)} />
      </header>
      <ul>
        {items.map((item) => (
          <Line key={item.key} of={of} item={item} act={act} onDrop={onDrop} />
        ))}
      </ul>
    </section>
  );
}

function Line({ of, item, act, onDrop }: { of: Repository; item: Item; act: Act; onDrop: GroupProps['onDrop'] }): JSX.Element {
  const { path } = item.file;
  const slash = path.replace(/\/$/, '').lastIndexOf('/');
  const word = (item.side === 'staged' ? item.file.index : item.file.worktree) ?? 'modified';
  return (
    <li class={of.item()?.key === item.key ? 'changes-line changes-on' : 'changes-line'}>
      <button
        type="button"
        class="changes-open"
        title={path}
        aria-current={of.item()?.key === item.key ? 'true' : undefined}
        onClick={() => void of.choose(item.key)}
      >
        <span class={`letter letter-${word.replace(' ', '-')}`} title={word} aria-hidden="true">
          {LETTERS[word] ?? '·'}
        </span>
        <span class="changes-name">{path.slice(slash + 1)}</span>
        <span class="changes-folder">{slash > 0 ? path.slice(0, slash) : ''}</span>
        <span class="visually-hidden">{word}</span>
      </button>
      {onDrop && <Tool label={`Discard ${path}`} icon="trash" act={() => onDrop([item])} />}
      <Tool label={`${act.label} ${path}`} icon={act.icon} act={() => act.all([item])} />
    </li>
  );
}

function Tool({ label, icon, act }: { label: string; icon: 'plus' | 'minus' | 'trash'; act: () => void }): JSX.Element {
  return (
    <button type="button" class="icon-button icon-small changes-tool" aria-label={label} title={label} onClick={act}>
      <Icon name={icon} size={15} />
    </button>
  );
}

function CommitBox({ of, staged, conflicted }: { of: Repository; staged: number; conflicted: number }): JSX.Element {
  const all = staged === 0;
  const words = of.message.value.trim();
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    let sha = '';
    const done = await of.change(async () => {
      sha = (await commit(of.id, words, all)).sha;
    });
    if (!done) return;
    of.message.value = '';
    toast(`Committed as ${sha.slice(0, 7)}`);
  };
  const onKeys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && words) void make(event);
  };
  return (
    <form class="commit" onSubmit={(event) => void make(event)}>
      <label class="visually-hidden" for={`message-${of.id}`}>
        Commit message
      </label>
      <textarea
        id={`message-${of.id}`}
        rows={3}
        placeholder="What was done, and why"
        value={of.message.value}
        onInput={(event) => (of.message.value = event.currentTarget.value)}
        onKeyDown={onKeys}
      />
      <button class="button button-primary" disabled={!words || of.busy.value || conflicted > 0}>
        <Icon name="check" size={16} /> {all ? 'Commit everything' : `Commit ${staged} staged`}
      </button>
    </form>
  );
}

function Discard({ of, items, onClose }: { of: Repository; items: Item[]; onClose: () => void }): JSX.Element {
  const [first] = items;
  const isOne = items.length === 1 && first;
  const anyNew = items.some(({ side }) => side === 'untracked');
  const act = async (): Promise<void> => {
    await discard(of.id, items.map(({ file }) => file.path));
    await of.refresh();
  };
  return (
    <Confirm title={isOne ? 'Discard the changes?' : `Discard ${items.length} files’ changes?`} verb="Discard" action={act} onClose={onClose}>
      <p>
        {anyNew ? 'New files are deleted. ' : 'Everything goes back to the last commit, staged or not. '}
        There is no way back.
      </p>
      {items.slice(0, 6).map(({ file }) => (
        <p key={file.path} class="path">
          {file.path}
        </p>
      ))}
      {items.length > 6 && <p class="muted">and {items.length - 6} more</p>}
    </Confirm>
  );
}
