/** Search in what all sessions said, live and past ones; a hit leads to the terminal or to the moment of its recording. */
import '../../styles/cards.css';
import './search.css';

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { explain } from '../../api/client';
import { search, type SearchAnswer } from '../../api/search';
import { go, query } from '../../router';
import { Icon } from '../../ui/icons';
import { type Asked, filtersOf, isTurnedRound, pathOf, read } from './asked';
import { SearchField } from './field';
import { Filters } from './filters';
import { Gaps, SessionHits, Since } from './results';
import { groupsOf } from './snippet';

interface Found {
  answer: SearchAnswer | null;
  failure: string;
  busy: boolean;
  more: () => Promise<void>;
}

/** Searches when the address changes; older hits are added below. */
function useSearch(asked: Asked): Found {
  const [answer, setAnswer] = useState<SearchAnswer | null>(null);
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const wanted = useRef(0);
  const filters = useRef(filtersOf(asked, 0));
  const look = async (cursor?: string): Promise<void> => {
    const mine = ++wanted.current;
    setBusy(true);
    try {
      const found = await search(asked.q, filters.current, cursor);
      if (mine !== wanted.current) return;
      setAnswer((before) => (cursor && before ? { ...found, results: [...before.results, ...found.results] } : found));
      setFailure('');
    } catch (error) {
      if (mine !== wanted.current) return;
      setFailure(explain(error));
      if (!cursor) setAnswer(null);
    }
    setBusy(false);
  };
  const key = pathOf(asked);
  useEffect(() => {
    wanted.current += 1;
    setFailure('');
    setBusy(false);
    filters.current = filtersOf(asked, Date.now());
    if (asked.q && !isTurnedRound(asked)) void look();
    else setAnswer(null);
    return () => void (wanted.current += 1);
  }, [key]);
  return { answer, failure, busy, more: () => look(answer?.nextCursor ?? undefined) };
}

export function SearchPage(): JSX.Element {
  const asked = read(query.value);
  document.title = `${asked.q ? `${asked.q} · ` : ''}Search · AGTerm`;
  const { answer, failure, busy, more } = useSearch(asked);
  const change = (part: Partial<Asked>, replace = false): void => go(pathOf({ ...read(query.peek()), ...part }), { replace });
  const isAsked = asked.q !== '' && !isTurnedRound(asked);
  return (
    <main class="page search" aria-busy={busy}>
      <header class="page-head">
        <div class="page-title">
          <h1>Search</h1>
          <p class="muted">In what sessions printed and were told, live and past ones</p>
        </div>
      </header>
      <SearchField q={asked.q} onSearch={(q) => change({ q })} />
      <Filters asked={asked} onChange={change} />
      {failure && (
        <p class="form-error" role="alert">
          {failure}
        </p>
      )}
      {!asked.q && <Hints />}
      {isAsked && !answer && !failure && <p class="muted">Searching…</p>}
      {isAsked && answer && <Results answer={answer} busy={busy} onMore={more} />}
    </main>
  );
}

function Results({ answer, busy, onMore }: { answer: SearchAnswer; busy: boolean; onMore: () => Promise<void> }): JSX.Element {
  const { results, nextCursor, complete, tookMs } = answer;
  const groups = groupsOf(results);
  const hits = results.length === 1 ? '1 hit' : `${results.length}${nextCursor ? '+' : ''} hits`;
  const inSessions = groups.length === 1 ? '1 session' : `${groups.length} sessions`;
  return (
    <>
      <p class="search-sum" role="status">
        {results.length === 0 && complete && 'Nothing was found.'}
        {results.length > 0 && `${hits} in ${inSessions}, the newest first`}
        {results.length > 0 && <span class="muted"> · {tookMs} ms</span>}
      </p>
      <Gaps answer={answer} />
      {groups.map((group) => (
        <SessionHits key={group.sessionId} group={group} />
      ))}
      {!complete && (
        <p class="muted search-partly">This took too long to be looked through at once; what is older is still to come.</p>
      )}
      {nextCursor && (
        <button type="button" class="button search-more" disabled={busy} onClick={() => void onMore()}>
          {complete ? 'Show older hits' : 'Search on'}
        </button>
      )}
      <Since since={answer.since} />
    </>
  );
}

const SYNTAX: [string, string][] = [
  ['timeout error', 'both words, near each other'],
  ['"connection refused"', 'these words in a row'],
  ['deploy -staging', 'the first word without the second'],
  ['migrat*', 'words that begin so'],
];

function Hints(): JSX.Element {
  return (
    <section class="search-hints" aria-label="How to search">
      <span class="empty-mark">
        <Icon name="search" size={30} />
      </span>
      <dl>
        {SYNTAX.map(([example, meaning]) => (
          <div key={example}>
            <dt>
              <code>{example}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">Case and accents don’t count. A hit leads to its terminal, or to that second of the recording.</p>
    </section>
  );
}
