/** What a session serves on its ports, in a frame as wide as a phone, a tablet or all there is. */
import './preview.css';

import { type Signal, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { explain } from '../../api/client';
import { type Port, ports, spokenOf } from '../../api/ports';
import { oneOf, preference } from '../../preferences';
import { Icon, type IconName } from '../../ui/icons';
import { whenItMayHaveChanged } from '../files/workspace';
import { frameAddress } from './address';

type Width = 'phone' | 'tablet' | 'desktop';

const WIDTHS: [Width, string, number | null][] = [
  ['phone', 'As on a phone', 390],
  ['tablet', 'As on a tablet', 820],
  ['desktop', 'As wide as there is place', null],
];
/** All that a page may need, but to act in our window: it is another origin, and stays one. */
const MAY = 'allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads';

const width = preference<Width>('preview.width', 'desktop', oneOf('phone', 'tablet', 'desktop'));

interface Shown {
  list: Signal<Port[] | null>;
  chosen: Signal<number | null>;
  failure: Signal<string>;
  path: Signal<string>;
  /** Counts up to load the frame anew. */
  turn: Signal<number>;
}

const kept = new Map<string, Shown>();

function shownOf(id: string): Shown {
  const known = kept.get(id);
  if (known) return known;
  const made = { list: signal(null), chosen: signal(null), failure: signal(''), path: signal('/'), turn: signal(0) };
  kept.set(id, made);
  return made;
}

async function look(id: string, of: Shown): Promise<void> {
  try {
    const found = await ports(id);
    of.failure.value = '';
    of.list.value = found;
    if (found.some(({ port }) => port === of.chosen.value)) return;
    const spoken = found.length > 1 ? await spokenOf(id).catch(() => null) : null;
    of.chosen.value = (found.find(({ port }) => port === spoken) ?? found[0])?.port ?? null;
  } catch (error) {
    of.failure.value = explain(error);
  }
}

export function PreviewView({ id }: { id: string }): JSX.Element {
  const of = useMemo(() => shownOf(id), [id]);
  useEffect(() => {
    void look(id, of);
    return whenItMayHaveChanged(id, () => void look(id, of));
  }, [of]);
  const list = of.list.value;
  const port = list?.find((each) => each.port === of.chosen.value);
  return (
    <div class="preview">
      {of.failure.value && (
        <p class="preview-note" role="alert">
          {of.failure.value}{' '}
          <button type="button" class="link" onClick={() => void look(id, of)}>
            Try again
          </button>
        </p>
      )}
      {!list && !of.failure.value && <div class="preview-none" aria-busy="true" />}
      {list && !port && <Nothing onLook={() => void look(id, of)} />}
      {list && port && (
        <>
          <Bar of={of} list={list} port={port} onLook={() => void look(id, of)} />
          <Frame of={of} port={port} />
        </>
      )}
    </div>
  );
}

function Nothing({ onLook }: { onLook: () => void }): JSX.Element {
  return (
    <div class="preview-none">
      <Icon name="globe" size={30} />
      <p>
        Nothing listens here yet. Start a server in the session, or ask the agent to, for example <code>npm run dev</code>; its page
        shows up here.
      </p>
      <button type="button" class="button" onClick={onLook}>
        <Icon name="restart" size={16} /> Look again
      </button>
    </div>
  );
}

interface BarProps {
  of: Shown;
  list: Port[];
  port: Port;
  onLook: () => void;
}

function Bar({ of, list, port, onLook }: BarProps): JSX.Element {
  const reload = (): void => {
    of.turn.value += 1;
    onLook();
  };
  const go = (event: Event): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget as HTMLFormElement).get('path');
    of.path.value = `/${String(typed ?? '').trim().replace(/^\/+/, '')}`;
    of.turn.value += 1;
  };
  return (
    <div class="preview-bar" role="toolbar" aria-label="Preview">
      <button type="button" class="icon-button icon-small" aria-label="Reload" title="Reload" onClick={reload}>
        <Icon name="restart" size={16} />
      </button>
      <form class="preview-address" onSubmit={go}>
        <label>
          <span class="visually-hidden">Port</span>
          <select
            value={port.port}
            onChange={(event) => {
              of.chosen.value = Number(event.currentTarget.value);
              of.path.value = '/';
            }}
          >
            {list.map((each) => (
              <option key={`${each.port} ${each.pid}`} value={each.port}>
                {each.port} · {each.command}
              </option>
            ))}
          </select>
        </label>
        <label class="preview-path">
          <span class="visually-hidden">Path</span>
          <input name="path" class="mono" key={of.path.value} value={of.path.value} autocomplete="off" spellcheck={false} />
        </label>
      </form>
      <div class="preview-widths" role="group" aria-label="Width">
        {WIDTHS.map(([kind, title]) => (
          <button
            key={kind}
            type="button"
            class="icon-button icon-small"
            aria-label={title}
            title={title}
            aria-pressed={width.value === kind}
            onClick={() => (width.value = kind)}
          >
            <Icon name={kind satisfies IconName} size={16} />
          </button>
        ))}
      </div>
      <a
        class="icon-button icon-small"
        aria-label="Open in a tab of its own"
        title="Open in a tab of its own"
        href={frameAddress(port.previewUrl, of.path.value)}
        target="_blank"
        rel="noopener noreferrer"
      >
        <Icon name="external" size={16} />
      </a>
    </div>
  );
}

function Frame({ of, port }: { of: Shown; port: Port }): JSX.Element {
  const wide = WIDTHS.find(([kind]) => kind === width.value)?.[2] ?? null;
  return (
    <div class={wide ? 'preview-ground' : 'preview-ground preview-full'}>
      <iframe
        key={`${port.port} ${of.path.value} ${of.turn.value}`}
        class="preview-frame"
        style={wide ? { width: `${wide}px` } : undefined}
        title={`What the session serves on port ${port.port}`}
        src={frameAddress(port.previewUrl, of.path.value)}
        sandbox={MAY}
      />
    </div>
  );
}
