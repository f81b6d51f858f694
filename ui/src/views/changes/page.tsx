/** What a session has changed in its repository: files and their differences, commits, and how others' work compares. */
import './diff.css';
import './history.css';
import './changes.css';

import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';

import { bundleUrl, patchUrl, stage, unstage } from '../../api/git';
import { Icon } from '../../ui/icons';
import { Menu } from '../../ui/menu';
import { whenItMayHaveChanged } from '../files/workspace';
import { BranchDialog } from './branches';
import { CompareView } from './compare';
import { Counts, DiffBody, type HunkAct } from './diff';
import { HistoryView } from './history';
import { ChangedList } from './list';
import { type Item, layout, type Part, type Repository, repositoryOf } from './store';

const PARTS: [Part, string][] = [
  ['changes', 'Changes'],
  ['history', 'History'],
  ['compare', 'Compare'],
];

export function ChangesView({ id }: { id: string }): JSX.Element {
  const of = useMemo(() => repositoryOf(id), [id]);
  useEffect(() => {
    void of.refresh();
    return whenItMayHaveChanged(id, () => void of.refresh());
  }, [of]);
  const standing = of.standing.value;
  return (
    <div class="changes">
      {of.failure.value && (
        <p class="changes-note changes-bad" role="alert">
          {of.failure.value}{' '}
          <button type="button" class="link" onClick={() => void of.refresh()}>
            Try again
          </button>
        </p>
      )}
      {!standing && !of.failure.value && <div class="changes-none" aria-busy="true" />}
      {standing && !standing.status.isRepo && <NoRepository of={of} />}
      {standing?.status.isRepo && (
        <>
          <Head of={of} />
          <Overlap of={of} />
          {of.part.value === 'changes' && <Changed of={of} />}
          {of.part.value === 'history' && <HistoryView of={of} />}
          {of.part.value === 'compare' && <CompareView of={of} />}
        </>
      )}
    </div>
  );
}

function NoRepository({ of }: { of: Repository }): JSX.Element {
  return (
    <div class="changes-none">
      <Icon name="branch" size={30} />
      <p>
        The workspace is no git repository. <code>git init</code> in the terminal makes it one.
      </p>
      <button type="button" class="button" onClick={() => void of.refresh()}>
        Look again
      </button>
    </div>
  );
}

function Head({ of }: { of: Repository }): JSX.Element {
  const [branching, setBranching] = useState(false);
  const status = of.standing.value?.status;
  const isSplit = layout.value === 'split';
  return (
    <header class="changes-head">
      <button type="button" class="button button-small branch-button" title="Switch the branch" onClick={() => setBranching(true)}>
        <Icon name="branch" size={15} />
        <span class="branch-name">{status?.branch ?? (status?.detached ? `at ${status.head?.slice(0, 7)}` : 'no branch')}</span>
        {status?.upstream && (status.ahead > 0 || status.behind > 0) && (
          <span class="branch-apart" title={`Compared with ${status.upstream}`}>
            {status.ahead > 0 && `↑${status.ahead}`} {status.behind > 0 && `↓${status.behind}`}
          </span>
        )}
      </button>
      <div class="change-kinds" role="group" aria-label="What to look at">
        {PARTS.map(([part, name]) => (
          <button key={part} type="button" class="change-kind" aria-pressed={of.part.value === part} onClick={() => (of.part.value = part)}>
            {name}
            {part === 'changes' && of.files.value.length > 0 && <span class="change-count">{of.files.value.length}</span>}
          </button>
        ))}
      </div>
      <span class="changes-gap" />
      <button
        type="button"
        class="icon-button icon-small split-toggle"
        aria-label="Side by side"
        title={isSplit ? 'In one column' : 'Side by side'}
        aria-pressed={isSplit}
        onClick={() => (layout.value = isSplit ? 'unified' : 'split')}
      >
        <Icon name="split" size={16} />
      </button>
      <button type="button" class="icon-button icon-small" aria-label="Look again" title="Look again" onClick={() => void of.refresh()}>
        <Icon name="restart" size={16} />
      </button>
      <Menu
        label="More for the repository"
        items={[
          { icon: 'download', text: 'Download as a patch', act: () => location.assign(patchUrl(of.id)) },
          { icon: 'download', text: 'Download as a bundle', act: () => location.assign(bundleUrl(of.id)) },
        ]}
      />
      {branching && <BranchDialog of={of} onClose={() => setBranching(false)} />}
    </header>
  );
}

function Overlap({ of }: { of: Repository }): JSX.Element | null {
  const found = of.overlaps.value?.overlaps ?? [];
  const [first] = found;
  if (!first || of.part.value === 'compare') return null;
  const others = new Map(found.flatMap(({ sessions }) => sessions.map(({ id, name }) => [id, name])));
  const look = (id: string): void => {
    of.other.value = id;
    of.part.value = 'compare';
  };
  return (
    <div class="changes-note changes-warn" role="status">
      <Icon name="warning" size={16} />
      <p>
        {found.length === 1 ? <b>{first.path}</b> : <b>{found.length} files</b>} {found.length === 1 ? 'is' : 'are'} being changed in
        another session, too:{' '}
        {[...others].map(([id, name], at) => (
          <>
            {at > 0 && ', '}
            <button key={id} type="button" class="link" onClick={() => look(id)}>
              {name}
            </button>
          </>
        ))}
      </p>
    </div>
  );
}

function hunkActOf(of: Repository, { file, side }: Item): HunkAct | undefined {
  if (side === 'untracked' || file.conflicted) return undefined;
  const [text, work] = side === 'staged' ? (['Unstage hunk', unstage] as const) : (['Stage hunk', stage] as const);
  return { text, isBusy: of.busy.value, act: (id) => void of.change(() => work(of.id, [file.path], [id])) };
}

function Changed({ of }: { of: Repository }): JSX.Element {
  const item = of.item();
  const diff = of.diff.value;
  if (of.files.value.length === 0) {
    return (
      <div class="changes-none">
        <Icon name="check" size={30} />
        <p>Nothing has changed since the last commit.</p>
      </div>
    );
  }
  return (
    <div class={item ? 'changes-body changes-chosen' : 'changes-body'}>
      <ChangedList of={of} />
      <section class="changes-main" aria-label="Differences">
        {item && (
          <header class="changes-file">
            <button type="button" class="icon-button changes-back" aria-label="All changed files" onClick={() => void of.choose('')}>
              <Icon name="back" />
            </button>
            <span class="diff-path" title={item.file.path}>
              {item.file.oldPath ? `${item.file.oldPath} → ${item.file.path}` : item.file.path}
            </span>
            {item.side === 'staged' && <span class="badge badge-ok">staged</span>}
            {diff && <Counts additions={diff.additions} deletions={diff.deletions} />}
          </header>
        )}
        {!item && (
          <div class="changes-none">
            <Icon name="diff" size={30} />
            <p>Choose a file to see what is different in it.</p>
          </div>
        )}
        {item && !diff && of.diffFailure.value && <p class="diff-note">{of.diffFailure.value}</p>}
        {diff && (
          <div class="diff-scroll" key={of.chosen.value} tabIndex={0} role="region" aria-label={`Differences of ${diff.path}`}>
            <DiffBody file={diff} layout={layout.value} hunkAct={item ? hunkActOf(of, item) : undefined} />
          </div>
        )}
      </section>
    </div>
  );
}
