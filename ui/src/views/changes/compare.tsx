/** How another session's work compares with this one's, and how the two come together. */
import { type Signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { explain } from '../../api/client';
import { compare, type Comparison, deliver, merge, refusedMerge } from '../../api/git';
import { byId, listed } from '../../api/sessions';
import type { Session } from '../../api/types';
import { Confirm } from '../../ui/confirm';
import { Icon } from '../../ui/icons';
import { toast } from '../../ui/toast';
import { Counts, DiffList } from './diff';
import { Refused } from './refused';
import { layout, type Repository } from './store';

/** Those with the same source first. */
function candidates(id: string): Session[] {
  const all = listed.value ?? [];
  const source = (session: Session | undefined): string => session?.repo?.source ?? session?.workspaceDir ?? '';
  const own = source(byId.value.get(id));
  const isKin = (session: Session): boolean => own !== '' && source(session) === own;
  return all.filter((session) => session.id !== id).toSorted((one, other) => Number(isKin(other)) - Number(isKin(one)));
}

export function CompareView({ of }: { of: Repository }): JSX.Element {
  const found = useSignal<Comparison | null>(null);
  const failure = useSignal('');
  const asking = useSignal<'merge' | 'deliver' | null>(null);
  const sought = useSignal('');
  const others = candidates(of.id);
  const other = others.find((session) => session.id === of.other.value);
  const own = byId.value.get(of.id);
  useEffect(() => {
    found.value = null;
    failure.value = '';
    if (!of.other.value) return;
    let gone = false;
    compare(of.id, of.other.value).then(
      (answer) => !gone && (found.value = answer),
      (error: unknown) => !gone && (failure.value = explain(error)),
    );
    return () => {
      gone = true;
    };
  }, [of.other.value, of.changed.value]);
  const choose = (id: string): void => {
    of.refused.value = null;
    of.other.value = id;
  };
  const seek = (id: string, path: string): void => {
    of.other.value = id;
    sought.value = path;
  };
  return (
    <div class="compare">
      <div class="compare-head">
        <label class="compare-choice">
          <span>Compare with</span>
          <select value={of.other.value} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">Choose a session…</option>
            {others.map((session) => (
              <option key={session.id} value={session.id}>
                {session.name}
                {session.git?.branch ? ` (${session.git.branch})` : ''}
              </option>
            ))}
          </select>
        </label>
        {other && (
          <button type="button" class="button button-primary button-small" disabled={!found.value} onClick={() => (asking.value = 'merge')}>
            <Icon name="branch" size={15} /> Merge its work into this
          </button>
        )}
        {own?.repo?.kind === 'path' && (
          <button type="button" class="button button-small" onClick={() => (asking.value = 'deliver')}>
            <Icon name="upload" size={15} /> Deliver to its source
          </button>
        )}
      </div>
      {of.refused.value && <Refused of={of} refused={of.refused.value} onCompare={seek} />}
      {failure.value && (
        <p class="changes-note changes-bad" role="alert">
          {failure.value}
        </p>
      )}
      {!of.other.value && (
        <div class="changes-none">
          <Icon name="swap" size={30} />
          <p>Choose another session of the same repository: you see who changed what, and can bring its work here.</p>
        </div>
      )}
      {of.other.value && !found.value && !failure.value && <div class="changes-none" aria-busy="true">Comparing…</div>}
      {found.value && <Compared comparison={found.value} name={other?.name ?? 'the other'} sought={sought} />}
      {asking.value === 'merge' && other && <Merge of={of} other={other} onClose={() => (asking.value = null)} />}
      {asking.value === 'deliver' && own && <Deliver of={of} source={own.repo?.source ?? ''} onClose={() => (asking.value = null)} />}
    </div>
  );
}

function Compared({ comparison, name, sought }: { comparison: Comparison; name: string; sought: Signal<string> }): JSX.Element {
  const { mine, theirs, both, diff } = comparison;
  const tiles: [string, number, string][] = [
    ['Only here', mine.length - both.length, ''],
    [`Only in ${name}`, theirs.length - both.length, ''],
    ['In both', both.length, both.length ? 'compare-both' : ''],
  ];
  return (
    <div class="diff-scroll compare-scroll" tabIndex={0} role="region" aria-label={`Compared with ${name}`}>
      <dl class="compare-tiles">
        {tiles.map(([title, count, look]) => (
          <div key={title} class={look}>
            <dt>{title}</dt>
            <dd>{count === 1 ? '1 file' : `${count} files`}</dd>
          </div>
        ))}
        <div>
          <dt>From here to there</dt>
          <dd>
            <Counts additions={diff.stat.additions} deletions={diff.stat.deletions} />
          </dd>
        </div>
      </dl>
      {diff.files.length === 0 && <p class="diff-note">Both hold the same.</p>}
      <DiffList files={diff.files} layout={layout.value} marked={new Set(both)} sought={sought} />
      {diff.truncated && <p class="diff-note">There is more; it is too much to be shown here.</p>}
    </div>
  );
}

/** Does it; what stands against it is listed in the page, and all else is said where it was asked for. */
async function attempt(of: Repository, work: () => Promise<string>): Promise<void> {
  of.refused.value = null;
  try {
    toast(await work());
    await of.refresh();
  } catch (error) {
    of.refused.value = refusedMerge(error);
    if (!of.refused.value) throw error;
  }
}

function Merge({ of, other, onClose }: { of: Repository; other: Session; onClose: () => void }): JSX.Element {
  const act = (): Promise<void> =>
    attempt(of, async () => {
      const { merged } = await merge(of.id, other.id);
      return merged ? `The work of ${other.name} is here now.` : `${other.name} has nothing new.`;
    });
  return (
    <Confirm title={`Merge the work of ${other.name}?`} verb="Merge" action={act} onClose={onClose}>
      <p>All that it has done, committed or not, becomes part of this session’s branch. Where both changed the same, nothing happens.</p>
    </Confirm>
  );
}

function Deliver({ of, source, onClose }: { of: Repository; source: string; onClose: () => void }): JSX.Element {
  const act = (): Promise<void> =>
    attempt(of, async () => {
      const { merged, session } = await deliver(of.id);
      return merged ? `Delivered to ${session.name}.` : `${session.name} has it all already.`;
    });
  return (
    <Confirm title="Deliver this work?" verb="Deliver" action={act} onClose={onClose}>
      <p>It is merged into the branch of your live session that works in the folder this repository came from.</p>
      <p class="path">{source}</p>
    </Confirm>
  );
}
