/** What stood against a merge, file by file, and what one can look at next. */
import type { JSX } from 'preact';

import type { ConflictKind, RefusedMerge } from '../../api/git';
import { byId } from '../../api/sessions';
import { go, sessionPath } from '../../router';
import { Icon } from '../../ui/icons';
import { workspaceOf } from '../files/workspace';
import { type Repository, repositoryOf } from './store';

type Side = RefusedMerge['into'];

interface Told {
  words: (into: string, from: string) => string;
  /** Where the file is there to be opened. */
  lies: ('into' | 'from')[];
}

const TOLD: Record<ConflictKind, Told> = {
  'both modified': { words: () => 'both changed it', lies: ['into', 'from'] },
  'both added': { words: () => 'both made it', lies: ['into', 'from'] },
  'both deleted': { words: () => 'both renamed or removed it', lies: [] },
  'deleted by us': { words: (into, from) => `removed ${into}, changed ${from}`, lies: ['from'] },
  'deleted by them': { words: (into, from) => `changed ${into}, removed ${from}`, lies: ['into'] },
  'added by us': { words: (into) => `only ${into} under this name`, lies: ['into'] },
  'added by them': { words: (_, from) => `only ${from} under this name`, lies: ['from'] },
  'not committed': { words: (into) => `not committed ${into}`, lies: ['into'] },
};

interface Props {
  of: Repository;
  refused: RefusedMerge;
  /** Shows how a file compares with that other session's. */
  onCompare: (other: string, path: string) => void;
}

export function Refused({ of, refused, onCompare }: Props): JSX.Element {
  const { into, from, files } = refused;
  const other = into.id === of.id ? from : into;
  const where = ({ id, name }: Side): string => (id === of.id ? 'here' : `in ${name}`);
  const isUncommitted = files.some(({ kind }) => kind === 'not committed');
  return (
    <section class="refused" role="alert" aria-label="What stood against the merge">
      <header class="refused-head">
        <Icon name="warning" size={16} />
        <p>
          <b>{refused.message}.</b>{' '}
          {isUncommitted
            ? `Commit or discard it ${where(into)}, then try again.`
            : 'Make one of the two agree with the other in these files, commit, and try again.'}
        </p>
        <button type="button" class="icon-button icon-small" aria-label="Close" title="Close" onClick={() => (of.refused.value = null)}>
          <Icon name="close" size={15} />
        </button>
      </header>
      <ul class="refused-files">
        {files.map(({ path, kind }) => {
          const { words, lies } = TOLD[kind];
          return (
            <li key={path} class="refused-file">
              <span class="diff-path" title={path}>
                {path}
              </span>
              <span class="refused-kind">{words(where(into), where(from))}</span>
              <span class="refused-acts">
                {lies.map((side) => (
                  <Act key={side} text={`Open ${where(refused[side])}`} path={path} act={() => openFile(refused[side].id, path)} />
                ))}
                {kind === 'not committed' && <Act text="Show the change" path={path} act={() => showChange(into.id, path)} />}
                {kind !== 'not committed' && lies.length > 0 && (
                  <Act text="Compare" path={path} act={() => onCompare(other.id, path)} />
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {refused.truncated && <p class="refused-more">There are more files than are listed here.</p>}
    </section>
  );
}

function Act({ text, path, act }: { text: string; path: string; act: () => void }): JSX.Element {
  return (
    <button type="button" class="link" aria-label={`${text}: ${path}`} onClick={act}>
      {text}
    </button>
  );
}

function openFile(id: string, path: string): void {
  workspaceOf(id).openFile({ path: `${byId.peek().get(id)?.workspaceDir ?? ''}/${path}` });
  go(sessionPath(id, 'files'));
}

function showChange(id: string, path: string): void {
  const there = repositoryOf(id);
  there.part.value = 'changes';
  there.chosen.value = `unstaged ${path}`;
  void there.refresh();
  go(sessionPath(id, 'changes'));
}
