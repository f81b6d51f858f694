/** How well a session is walled in: the badge, what it opens, and the banner for when people stand in each other's way. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { explain } from '../api/client';
import { isolation, reachedBy, refreshIsolation } from '../api/isolation';
import { now } from '../api/sessions';
import type { IsolationReport, Reached, Session } from '../api/types';
import { Banner } from '../ui/banner';
import { Dialog } from '../ui/dialog';
import { Icon } from '../ui/icons';
import { ago, exactly } from '../ui/time';
import { networkText } from './network';

const LEVELS: Record<string, string> = {
  namespaces: 'It sees its own files and its own processes, and nothing else of this machine.',
  landlock: 'Other files, processes and sockets are closed to it; some of their names stay visible.',
  'landlock-files': 'Other files are closed to it, but it can reach other processes of the user it runs as.',
  none: 'Nothing stands between it and what the user can do whom it runs as.',
};

/** An open network is a hole in the best of walls: it leads to the services of this machine. */
export function toneOf(level: string, network?: string | null): 'ok' | 'warn' | 'danger' {
  if (level === 'namespaces') return network === 'open' ? 'warn' : 'ok';
  return level.startsWith('landlock') ? 'warn' : 'danger';
}

const NAMES: Record<string, string> = { ipc: 'IPC', killTree: 'End of all its processes' };

/** `otherFiles` is read as `Other files`. */
export function spoken(name: string): string {
  if (name in NAMES) return NAMES[name]!;
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What is promised, in words; sizes come in bytes. */
export function promised(name: string, value: unknown): string {
  if (value === null || value === false) return 'none';
  if (name === 'memoryLimit' && typeof value === 'number') return `${+(value / 2 ** 30).toFixed(1)} GiB`;
  return value === true ? 'yes' : String(value);
}

/** Why everybody should know that sessions are exposed, or can't start; empty when they are in order. */
export function exposure({ level, minimum, severalUsers }: IsolationReport): string {
  if (!minimum.satisfied) {
    return `No session starts: each must be isolated at level ${minimum.effective} at least, and this machine gives ${level}.`;
  }
  return level === 'none' && severalUsers
    ? 'Sessions are not isolated, and several people use this machine: each can read and end what the others do.'
    : '';
}

/** When attacks were last tried on this machine's box, and how that went. */
export function verifiedText({ verified }: IsolationReport, nowMs: number): string {
  if (!verified) return 'Never, on this machine. The operator can: agterm doctor --attack';
  const { at, attacks, open, unverified } = verified;
  const rest = unverified > 0 ? `, ${unverified} could not be tried` : '';
  return `${ago(at, nowMs)}: of ${attacks} attacks ${open === 0 ? 'none' : open} got out${rest}.`;
}

export function Isolation({ session, onClosed }: { session: Session; onClosed?: () => void }): JSX.Element | null {
  const open = useSignal(false);
  const before = useRef(false);
  useLayoutEffect(() => {
    if (before.current && !open.value) onClosed?.(); // the dialog is gone: the page below is no longer inert
    before.current = open.value;
  }, [open.value]);
  const { level, network } = session.isolation ?? {};
  if (!level) return null;
  const text = [level === 'none' ? 'not isolated' : level, network].filter(Boolean).join(' · ');
  return (
    <>
      <button
        type="button"
        class={`badge badge-button badge-${toneOf(level, network)}`}
        aria-haspopup="dialog"
        aria-label={`Isolation: ${text}`}
        title={LEVELS[level]}
        onClick={() => (open.value = true)}
      >
        <Icon name="shield" size={13} />
        <span class="badge-text">{text}</span>
      </button>
      {open.value && <Panel session={session} onClose={() => (open.value = false)} />}
    </>
  );
}

/** Over everything, while nobody who shares this machine is safe from the others. */
export function Exposed(): JSX.Element | null {
  const open = useSignal(false);
  const text = isolation.value ? exposure(isolation.value) : '';
  if (!text) return null;
  return (
    <Banner tone="danger">
      {text}{' '}
      <button type="button" class="link" onClick={() => (open.value = true)}>
        Why, and what to do
      </button>
      {open.value && <Panel onClose={() => (open.value = false)} />}
    </Banner>
  );
}

function Panel({ session, onClose }: { session?: Session; onClose: () => void }): JSX.Element {
  const [failure, setFailure] = useState('');
  const report = isolation.value;
  const level = session?.isolation?.level ?? report?.level ?? '';
  useEffect(() => void refreshIsolation().catch((error: unknown) => setFailure(explain(error))), []);
  return (
    <Dialog title={session ? `Isolation of ${session.name}` : 'Isolation of sessions'} onClose={onClose} wide>
      <div class="isolation">
        <p>
          <span class={`badge badge-${toneOf(level, session?.isolation?.network)}`}>{level}</span> {LEVELS[level]}{' '}
          {session?.isolation && networkText(session.isolation)}
        </p>
        {session && session.isolation!.notes.length > 0 && (
          <Part title="This session">
            <ul>
              {session.isolation!.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </Part>
        )}
        {session && <ReachedLately id={session.id} unseen={session.isolation!.network === 'open' || level === 'none'} />}
        {report && <Machine report={report} level={level} />}
        {failure && (
          <p class="form-error" role="alert">
            {failure}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Machine({ report, level }: { report: IsolationReport; level: string }): JSX.Element {
  const cures = [
    ...report.missing.map(({ what, why, fix }) => ({ name: spoken(what), why, fix })),
    ...report.refusedLevels.map(({ level: name, why, fix }) => ({ name: `Level ${name}`, why, fix })),
  ];
  return (
    <>
      {level !== report.level && <p class="muted">Sessions that are started now get the level {report.level}.</p>}
      <Part title={`What level ${report.level} promises here`}>
        <dl class="promises">
          {Object.entries(report.promises).map(([name, value]) => (
            <div key={name}>
              <dt>{spoken(name)}</dt>
              <dd>{promised(name, value)}</dd>
            </div>
          ))}
        </dl>
      </Part>
      {cures.length > 0 && (
        <Part title="What is missing">
          <ul class="cures">
            {cures.map(({ name, why, fix }) => (
              <li key={name}>
                <strong>{name}:</strong> {why}
                {fix && <span class="cure">To mend it: {fix}</span>}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {report.openAttacks.length > 0 && (
        <details class="more">
          <summary>{report.openAttacks.length} attacks that this level is known not to stop</summary>
          <ul>
            {report.openAttacks.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </details>
      )}
      <Part title="Last put to the test">
        <p title={exactly(report.verified?.at ?? '')}>{verifiedText(report, now.value)}</p>
      </Part>
    </>
  );
}

/** `unseen`: nothing makes it take the way that we see. */
function ReachedLately({ id, unseen }: { id: string; unseen: boolean }): JSX.Element {
  const [entries, setEntries] = useState<Reached[] | null>(null);
  const [failure, setFailure] = useState('');
  const look = (): void => {
    reachedBy(id).then(
      (found) => {
        setEntries(found.toReversed());
        setFailure('');
      },
      (error: unknown) => setFailure(explain(error)),
    );
  };
  useEffect(look, [id]);
  const again = (
    <button type="button" class="icon-button" aria-label="Look again" title="Look again" onClick={look}>
      <Icon name="restart" size={16} />
    </button>
  );
  return (
    <Part title="What it reached lately" tool={again}>
      {failure && <p class="form-error">{failure}</p>}
      {unseen && <p class="muted">What it reaches without AGTerm’s proxy is not seen.</p>}
      {entries?.length === 0 && !unseen && <p class="muted">Nothing yet.</p>}
      {entries && entries.length > 0 && (
        <ul class="reached" aria-label="What it reached lately">
          {entries.map((entry, index) => (
            <li key={`${index} ${entry.at}`} class={`reached-${entry.verdict}`}>
              <span class="mono">
                {entry.host}
                {entry.port ? `:${entry.port}` : ''}
              </span>
              <span class="muted" title={exactly(entry.at)}>
                {ago(entry.at, now.value)}
                {(entry.count ?? 1) > 1 && ` · ${entry.count} times`}
              </span>
              <span class="reached-verdict">{[entry.verdict, entry.reason].filter(Boolean).join(': ')}</span>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Part({ title, tool, children }: { title: string; tool?: JSX.Element; children: ComponentChildren }): JSX.Element {
  return (
    <section class="part">
      <header>
        <h3>{title}</h3>
        {tool}
      </header>
      {children}
    </section>
  );
}
