/** The first page: every session, who needs somebody first, and the ways to find and to start one. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { mayChange } from '../api/auth';
import { listed } from '../api/sessions';
import type { Session } from '../api/types';
import { open } from '../palette/overlay';
import { command } from '../palette/registry';
import { Icon } from '../ui/icons';
import { isFiltered, showAll, shown } from './list-order';
import { FIELD, listKeys, Tools } from './list-tools';
import { Row } from './row';

function Empty({ onStart }: { onStart: () => void }): JSX.Element {
  return (
    <div class="empty">
      <span class="empty-mark">
        <Icon name="terminal" size={34} />
      </span>
      <h2>No sessions yet</h2>
      {mayChange.value ? (
        <>
          <p>Start an agent or a plain shell. It keeps running when you close this page.</p>
          <button type="button" class="button button-primary" onClick={onStart}>
            <Icon name="plus" /> Start a session
          </button>
        </>
      ) : (
        <p>What others share with you is shown here.</p>
      )}
    </div>
  );
}

function Head({ list, onStart }: { list: Session[] | null; onStart: () => void }): JSX.Element {
  const running = list?.filter((session) => session.status === 'running').length ?? 0;
  return (
    <header class="page-head">
      <div class="page-title">
        <h1>Sessions</h1>
        <p class="muted">{list ? `${running} running, ${list.length} in all` : 'Loading…'}</p>
      </div>
      {mayChange.value && (
        <>
          <button type="button" class="button" onClick={() => open({ kind: 'profiles' })}>
            <Icon name="bookmark" /> Profiles
          </button>
          <button type="button" class="button button-primary" onClick={onStart}>
            <Icon name="plus" /> New session
          </button>
        </>
      )}
    </header>
  );
}

function Groups(): JSX.Element {
  const groups = shown.value;
  if (groups.length === 0) {
    return (
      <p class="list-none">
        No session is like that.{' '}
        <button type="button" class="link" onClick={showAll}>
          Show all
        </button>
      </p>
    );
  }
  return (
    <div class="list-groups" onKeyDown={listKeys}>
      {groups.map(({ name, sessions }) => (
        <section key={name} aria-label={name || undefined}>
          {name && (
            <h2 class="list-heading">
              {name} <span>{sessions.length}</span>
            </h2>
          )}
          <ul class="rows">
            {sessions.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

export function SessionList(): JSX.Element {
  const start = (): void => open({ kind: 'launch' });
  const list = listed.value;
  useEffect(() => {
    document.title = 'Sessions · AGTerm';
    return command({
      id: 'list.find',
      title: 'Find in the list',
      group: 'In the list of sessions',
      keys: '/',
      icon: 'search',
      run: () => document.getElementById(FIELD)?.focus(),
    });
  }, []);
  return (
    <main class="page">
      <Head list={list} onStart={start} />
      {list && (list.length > 1 || isFiltered.value) && <Tools />}
      {list?.length === 0 && !isFiltered.value && <Empty onStart={start} />}
      {list && (list.length > 0 || isFiltered.value) && <Groups />}
    </main>
  );
}
