/** The audit log, for administrators: who did what, found by filters, exported, and checked to be whole. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { explain } from '../../api/client';
import { auditEvents, type AuditEvent, auditFile, type AuditFilter, type Verified, verifyAudit } from '../../api/people';
import { Field } from '../../ui/form';
import { Icon } from '../../ui/icons';
import { exactly } from '../../ui/time';
import { Frame } from './frame';
import { detailsText } from './words';

const SETTLES_MS = 300;
const EMPTY = { actor: '', action: '', target: '', since: '' };

/** As the API takes it: a part of an action finds all that begin with it; a day begins at midnight here. */
export function asked(said: typeof EMPTY): AuditFilter {
  const { actor, action, target, since } = said;
  const moment = since ? new Date(`${since}T00:00:00`) : null;
  return {
    actor: actor.trim(),
    action: action.trim() && !action.trim().endsWith('*') ? `${action.trim()}*` : action.trim(),
    target: target.trim(),
    since: moment && !Number.isNaN(moment.valueOf()) ? moment.toISOString() : '',
  };
}

export function AuditPage(): JSX.Element {
  const said = useSignal(EMPTY);
  const events = useSignal<AuditEvent[] | null>(null);
  const cursor = useSignal<string | null>(null);
  const failure = useSignal('');
  const more = async (from: string | null, of = said.value): Promise<void> => {
    try {
      const page = await auditEvents(asked(of), from);
      if (of !== said.value) return; // somebody has typed on
      events.value = from === null ? page.events : [...(events.value ?? []), ...page.events];
      cursor.value = page.nextCursor;
      failure.value = '';
    } catch (error) {
      failure.value = explain(error);
    }
  };
  useEffect(() => {
    document.title = 'Audit · AGTerm';
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => void more(null), events.peek() ? SETTLES_MS : 0);
    return () => clearTimeout(timer);
  }, [said.value]);
  const list = events.value;
  const filter = asked(said.value);
  return (
    <Frame
      title="Audit"
      note="Who did what. Nothing in it is changed or deleted, and each event vouches for the one before."
      failure={failure.value}
      busy={!list && !failure.value}
      tools={
        <>
          {(['jsonl', 'csv'] as const).map((format) => (
            <a key={format} class="button" href={auditFile(filter, format)} download>
              <Icon name="download" size={16} /> {format === 'csv' ? 'CSV' : 'JSON'}
            </a>
          ))}
        </>
      }
    >
      <Verification />
      <div class="audit-filter" role="search" aria-label="Events">
        {(
          [
            ['actor', 'Who', 'admin'],
            ['action', 'What', 'session.'],
            ['target', 'To what', 'user:2'],
          ] as const
        ).map(([name, label, placeholder]) => (
          <Field key={name} label={label}>
            <input
              value={said.value[name]}
              maxLength={150}
              placeholder={placeholder}
              autocapitalize="none"
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => (said.value = { ...said.value, [name]: event.currentTarget.value })}
            />
          </Field>
        ))}
        <Field label="Since">
          <input
            type="date"
            value={said.value.since}
            onInput={(event) => (said.value = { ...said.value, since: event.currentTarget.value })}
          />
        </Field>
      </div>
      {list?.length === 0 && <p class="muted">Nothing like that has happened.</p>}
      {list && list.length > 0 && (
        <ul class="rows" aria-label="What was done">
          {list.map((event) => (
            <EventLine key={event.seq} event={event} />
          ))}
        </ul>
      )}
      {cursor.value !== null && (
        <div class="list-end">
          <button type="button" class="button" onClick={() => void more(cursor.value)}>
            Older ones
          </button>
        </div>
      )}
    </Frame>
  );
}

function EventLine({ event }: { event: AuditEvent }): JSX.Element {
  const { seq, at, actor, via, address, action, target, details } = event;
  const isRefused = action.endsWith('.refused');
  return (
    <li class="audit-row">
      <span class="audit-at" title={`Event ${seq}`}>
        {exactly(at)}
      </span>
      <span>
        {actor ?? (via === 'share' ? 'A guest' : 'Nobody known')}
        <span class="audit-more">
          {via}
          {address && ` · ${address}`}
        </span>
      </span>
      <span>
        <span class={isRefused ? 'audit-action audit-refused' : 'audit-action'}>{action}</span>
        <span class="audit-more">{[target, detailsText(details)].filter(Boolean).join(' · ')}</span>
      </span>
    </li>
  );
}

function Verification(): JSX.Element {
  const result = useSignal<Verified | null>(null);
  const busy = useSignal(false);
  const failure = useSignal('');
  const check = async (): Promise<void> => {
    busy.value = true;
    failure.value = '';
    try {
      result.value = await verifyAudit();
    } catch (error) {
      failure.value = explain(error);
    }
    busy.value = false;
  };
  return (
    <section class="audit-verified" aria-label="Whether it is whole">
      <p role="status">
        <Said result={result.value} failure={failure.value} />
      </p>
      <button type="button" class="button" disabled={busy.value} onClick={() => void check()}>
        <Icon name="shield" size={16} /> {result.value ? 'Check again' : 'Check it'}
      </button>
    </section>
  );
}

function Said({ result, failure }: { result: Verified | null; failure: string }): JSX.Element {
  if (failure) return <>{failure}</>;
  if (!result) return <>Whether every event is still as it was written, and none is missing in between.</>;
  if (!result.ok) {
    return (
      <>
        <span class="badge badge-danger">Broken</span> At event {result.brokenAt}: {result.reason}
      </>
    );
  }
  return (
    <>
      <span class="badge badge-ok">Whole</span> All {result.events} events are as they were written. Keep this elsewhere, to see later
      that none was cut off:
      <span class="audit-head">{result.head}</span>
    </>
  );
}
