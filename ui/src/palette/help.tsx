/** The keys that the page knows, in groups. */
import type { JSX } from 'preact';

import { Dialog } from '../ui/dialog';
import { Keys } from './keycaps';
import { keysOf } from './keys';
import './palette.css';
import { known } from './registry';

/** What other parts of the page hear by themselves. */
const ELSEWHERE: [string, [string, string][]][] = [
  ['In a terminal', [['Copy', 'Ctrl+Shift+C'], ['Paste', 'Ctrl+Shift+V'], ['Find', 'Ctrl+Shift+F']]],
  ['In the list of sessions', [['Next, previous', 'ArrowDown'], ['Open', 'Enter']]],
];

export function Help({ onClose }: { onClose: () => void }): JSX.Element {
  const groups = new Map<string, [string, string[]][]>();
  const add = (group: string, title: string, keys: string[]): void => {
    groups.set(group, [...(groups.get(group) ?? []), [title, keys]]);
  };
  for (const one of known.value) if (keysOf(one).length > 0) add(one.group ?? 'More', one.title, keysOf(one));
  for (const [group, keys] of ELSEWHERE) {
    for (const [title, combination] of keys) {
      if (!groups.get(group)?.some(([, combinations]) => combinations.includes(combination))) add(group, title, [combination]);
    }
  }
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} wide>
      <div class="help">
        {[...groups].map(([group, entries]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {entries.map(([title, keys]) => (
                <div key={title}>
                  <dt>{title}</dt>
                  <dd>
                    {keys.map((combination) => (
                      <Keys key={combination} keys={combination} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="muted help-note">
        A terminal keeps every key for its program but F1 and those with Ctrl+Shift; on a Mac those with ⌘ are free, too.
      </p>
    </Dialog>
  );
}
