/** The workspace: the sessions at the side, the head of the one looked at, and the panes with what is open. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { commands } from '../palette/registry';
import { Rail } from '../views/rail';
import { COMMANDS } from './commands';
import { Head } from './head';
import { Panes } from './panes';
import { looked } from './store';

export function Workbench(): JSX.Element {
  useEffect(() => commands(COMMANDS), []);
  const tab = looked.value;
  return (
    <div class="workbench">
      <Rail current={tab?.session ?? ''} />
      <main class="bench">
        {tab && <Head key={tab.session} tab={tab} />}
        <Panes />
      </main>
    </div>
  );
}
