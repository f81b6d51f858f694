/** Finds files by name or by what is in them; the tree makes place for what was found. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { explain } from '../../api/client';
import { type Found, type Match, search } from '../../api/files';
import { Icon } from '../../ui/icons';
import { baseName, folderOf, within } from './paths';
import { showHidden, type Workspace } from './workspace';

const PAUSE_MS = 250;

interface Kept {
  query: string;
  kind: 'name' | 'content';
  regex: boolean;
  caseSensitive: boolean;
}

const kept = new Map<string, Kept>();
const NOTHING: Kept = { query: '', kind: 'name', regex: false, caseSensitive: false };

/** The field, and below it what was found, or else `children`. */
export function Finder({ of, children }: { of: Workspace; children: ComponentChildren }): JSX.Element {
  const wanted = useSignal(kept.get(of.id) ?? NOTHING);
  const found = useSignal<Found | null>(null);
  const failure = useSignal('');
  const change = (more: Partial<Kept>): void => {
    wanted.value = { ...wanted.value, ...more };
    kept.set(of.id, wanted.value);
  };
  const { query, kind, regex, caseSensitive } = wanted.value;
  const isAsked = query.trim() !== '';
  useEffect(() => {
    failure.value = '';
    if (!isAsked) {
      found.value = null;
      return;
    }
    let gone = false;
    const asking = setTimeout(() => {
      search(of.id, { query, kind, regex: kind === 'content' && regex, caseSensitive, hidden: showHidden.value, limit: 500 }).then(
        (answer) => !gone && (found.value = answer),
        (error: unknown) => !gone && (failure.value = explain(error)),
      );
    }, PAUSE_MS);
    return () => {
      gone = true;
      clearTimeout(asking);
    };
  }, [query, kind, regex, caseSensitive, showHidden.value]);
  return (
    <>
      <div class="finder" role="search">
        <label class="finder-field">
          <Icon name="search" size={15} />
          <span class="visually-hidden">Find files</span>
          <input
            type="search"
            placeholder={kind === 'name' ? 'Find by name' : 'Find in files'}
            value={query}
            onInput={(event) => change({ query: event.currentTarget.value })}
          />
        </label>
        <div class="finder-kinds">
          <Toggle label="Names" on={kind === 'name'} act={() => change({ kind: 'name' })} />
          <Toggle label="Contents" on={kind === 'content'} act={() => change({ kind: 'content' })} />
          <span class="finder-gap" />
          {kind === 'content' && <Toggle label="Aa" title="Match case" on={caseSensitive} act={() => change({ caseSensitive: !caseSensitive })} />}
          {kind === 'content' && <Toggle label=".*" title="Regular expression" on={regex} act={() => change({ regex: !regex })} />}
        </div>
      </div>
      {isAsked ? <Results of={of} found={found.value} failure={failure.value} kind={kind} /> : children}
    </>
  );
}

function Toggle({ label, title, on, act }: { label: string; title?: string; on: boolean; act: () => void }): JSX.Element {
  return (
    <button type="button" class="finder-toggle" aria-pressed={on} aria-label={title} title={title} onClick={act}>
      {label}
    </button>
  );
}

interface ResultsProps {
  of: Workspace;
  found: Found | null;
  failure: string;
  kind: 'name' | 'content';
}

function Results({ of, found, failure, kind }: ResultsProps): JSX.Element {
  if (failure) return <p class="tree-empty" role="alert">{failure}</p>;
  if (!found) return <p class="tree-empty" role="status">Searching…</p>;
  const matches = found.matches;
  const words = matches.length === 0 ? 'Nothing found' : `${matches.length}${found.truncated ? ' or more' : ''} found`;
  return (
    <div class="finds">
      <p class="found-count" role="status">
        {words}
      </p>
      {kind === 'name' ? <Names of={of} matches={matches} /> : <Lines of={of} matches={matches} />}
    </div>
  );
}

function Names({ of, matches }: { of: Workspace; matches: Match[] }): JSX.Element {
  const open = (match: Match): void => {
    if (match.type === 'directory') void of.unfold(match.path).then(() => of.reveal(match.path));
    else of.openFile(match);
  };
  return (
    <ul>
      {matches.map((match) => (
        <li key={match.path}>
          <button type="button" class="found-file" onClick={() => open(match)}>
            <Icon name={match.type === 'directory' ? 'folder' : 'file'} size={15} />
            <span class="found-name">{baseName(match.path)}</span>
            <span class="found-folder">{within(of.root.value, folderOf(match.path)).replace(of.root.value, '')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Lines({ of, matches }: { of: Workspace; matches: Match[] }): JSX.Element {
  const files = new Map<string, Match[]>();
  for (const match of matches) files.set(match.path, [...(files.get(match.path) ?? []), match]);
  return (
    <ul>
      {[...files].map(([path, lines]) => (
        <li key={path}>
          <p class="found-head" title={path}>
            <Icon name="file" size={14} />
            <span class="found-name">{baseName(path)}</span>
            <span class="found-folder">{within(of.root.value, folderOf(path)).replace(of.root.value, '')}</span>
            <span class="found-of">{lines.length}</span>
          </p>
          {lines.map((match) => (
            <button key={`${match.line} ${match.column}`} type="button" class="found-line" onClick={() => jump(of, match)}>
              <span class="found-number">{match.line}</span>
              <Marked text={match.text ?? ''} ranges={match.ranges ?? []} />
            </button>
          ))}
        </li>
      ))}
    </ul>
  );
}

function jump(of: Workspace, match: Match): void {
  const [from, to] = match.ranges?.[0] ?? [0, 0];
  const column = match.column ?? 1;
  of.openFile(match).goTo(match.line ?? 1, column, column + to - from);
}

/** A line with what was found in it; ranges count characters, as the server does. */
function Marked({ text, ranges }: { text: string; ranges: [number, number][] }): JSX.Element {
  const characters = [...text];
  const indent = characters.findIndex((each) => each.trim() !== '');
  const parts: JSX.Element[] = [];
  let at = Math.max(0, Math.min(indent, ranges[0]?.[0] ?? 0));
  for (const [from, to] of ranges) {
    if (from < at) continue;
    parts.push(<>{characters.slice(at, from).join('')}</>, <mark>{characters.slice(from, to).join('')}</mark>);
    at = to;
  }
  return (
    <span class="found-text">
      {parts}
      {characters.slice(at).join('')}
    </span>
  );
}
