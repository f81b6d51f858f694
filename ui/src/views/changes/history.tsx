/** The commits of the branch, and what each of them did. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { explain } from '../../api/client';
import { type Commit, type Diff, log, show } from '../../api/git';
import { now } from '../../api/sessions';
import { Icon } from '../../ui/icons';
import { ago, exactly } from '../../ui/time';
import { Counts, DiffList } from './diff';
import { layout, type Repository } from './store';

export function HistoryView({ of }: { of: Repository }): JSX.Element {
  const commits = useSignal<readonly Commit[] | null>(null);
  const cursor = useSignal<string | null>(null);
  const failure = useSignal('');
  const chosen = useSignal<Commit | null>(null);
  const fetch = async (more: boolean): Promise<void> => {
    try {
      const found = await log(of.id, (more && cursor.value) || undefined);
      commits.value = more ? [...(commits.value ?? []), ...found.commits] : found.commits;
      cursor.value = found.nextCursor;
      failure.value = '';
    } catch (error) {
      failure.value = explain(error);
    }
  };
  useEffect(() => void fetch(false), [of.changed.value]);
  if (failure.value) return <p class="changes-note changes-bad" role="alert">{failure.value}</p>;
  if (commits.value?.length === 0) {
    return (
      <div class="changes-none">
        <Icon name="history" size={30} />
        <p>There is no commit yet.</p>
      </div>
    );
  }
  return (
    <div class={chosen.value ? 'changes-body changes-chosen' : 'changes-body'}>
      <aside class="changes-side" aria-label="Commits">
        <ul class="changes-files commits">
          {commits.value?.map((commit) => (
            <li key={commit.sha} class={chosen.value?.sha === commit.sha ? 'changes-line changes-on' : 'changes-line'}>
              <button
                type="button"
                class="commit-open"
                aria-current={chosen.value?.sha === commit.sha ? 'true' : undefined}
                onClick={() => (chosen.value = commit)}
              >
                <span class="commit-subject">{commit.subject}</span>
                <span class="commit-about">
                  <code>{commit.sha.slice(0, 7)}</code> {commit.author.name} ·{' '}
                  <time dateTime={commit.author.at ?? undefined} title={exactly(commit.author.at)}>
                    {ago(commit.author.at, now.value)}
                  </time>
                </span>
                {commit.refs.length > 0 && (
                  <span class="commit-refs">
                    {commit.refs.map((ref) => (
                      <span key={ref} class="badge">
                        {ref.replace(/^HEAD -> /, '')}
                      </span>
                    ))}
                  </span>
                )}
              </button>
            </li>
          ))}
          {cursor.value && (
            <li>
              <button type="button" class="link commits-more" onClick={() => void fetch(true)}>
                Older ones
              </button>
            </li>
          )}
        </ul>
      </aside>
      <section class="changes-main" aria-label="What the commit did">
        {chosen.value ? (
          <OneCommit key={chosen.value.sha} of={of} commit={chosen.value} onBack={() => (chosen.value = null)} />
        ) : (
          <div class="changes-none">
            <Icon name="history" size={30} />
            <p>Choose a commit to see what it did.</p>
          </div>
        )}
      </section>
    </div>
  );
}

function OneCommit({ of, commit, onBack }: { of: Repository; commit: Commit; onBack: () => void }): JSX.Element {
  const found = useSignal<Diff | null>(null);
  const failure = useSignal('');
  useEffect(() => {
    show(of.id, commit.sha).then(
      (answer) => (found.value = answer),
      (error: unknown) => (failure.value = explain(error)),
    );
  }, []);
  return (
    <>
      <header class="changes-file">
        <button type="button" class="icon-button changes-back" aria-label="All commits" onClick={onBack}>
          <Icon name="back" />
        </button>
        <span class="commit-subject">{commit.subject}</span>
        {found.value && <Counts additions={found.value.stat.additions} deletions={found.value.stat.deletions} />}
      </header>
      <div class="diff-scroll" tabIndex={0} role="region" aria-label={`Commit ${commit.sha.slice(0, 7)}`}>
        {commit.body.trim() && <p class="commit-body">{commit.body.trim()}</p>}
        {failure.value && <p class="diff-note">{failure.value}</p>}
        {found.value && <DiffList files={found.value.files} layout={layout.value} />}
        {found.value?.truncated && <p class="diff-note">There is more; it is too much to be shown here.</p>}
      </div>
    </>
  );
}
