/** Of what one is told, and how: in the page, by a sound, by the browser. */
import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { canShow } from '../../attention/notices';
import { byBrowser, byCount, bySound, byToast, type Kind, KINDS, told } from '../../attention/preferences';
import { chime } from '../../attention/sound';
import { PushCard } from '../../push/card';
import { Icon } from '../../ui/icons';

const WHAT: Record<Kind, [string, string]> = {
  needs_input: ['A session needs an answer', 'It asks for permission, or for a choice.'],
  finished: ['A session has finished', 'It worked for a while and rests now, or has ended well.'],
  over_budget: ['A budget warns or is used up', 'Calls are refused until it is raised.'],
  failed: ['A session has failed', 'It ended with an error, and nobody had asked it to.'],
  rate_limited: ['A provider limits a session', 'It goes on later by itself.'],
};

interface SwitchProps {
  on: Signal<boolean>;
  text: string;
  small: string;
  onChange?: (wanted: boolean) => void;
  disabled?: boolean;
}

function Switch({ on, text, small, onChange, disabled = false }: SwitchProps): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={on.value}
        disabled={disabled}
        onChange={(event) => {
          on.value = event.currentTarget.checked;
          onChange?.(event.currentTarget.checked);
        }}
      />
      <span>
        {text}
        <small>{small}</small>
      </span>
    </label>
  );
}

type Allowed = 'granted' | 'denied' | 'default' | 'never';

/** Browsers show notices of secure pages only; some show none at all. */
const allowed = (): Allowed => (!('Notification' in window) || !isSecureContext ? 'never' : Notification.permission);

const WHY_NOT: Partial<Record<Allowed, string>> = {
  denied: 'The browser does not allow it. Allow notifications of this address in the browser’s settings.',
  never: 'This browser shows none for this address: that needs https, or localhost.',
};

function ByBrowser(): JSX.Element {
  const permission = useSignal(allowed());
  const ask = (wanted: boolean): void => {
    if (!wanted || canShow()) return;
    void Notification.requestPermission().then((answer) => {
      permission.value = answer;
      if (answer !== 'granted') byBrowser.value = false;
    });
  };
  const why = WHY_NOT[permission.value];
  return (
    <Switch
      on={byBrowser}
      text="By the browser, while this page is hidden"
      small={why ?? 'The browser asks once whether it may.'}
      disabled={why !== undefined}
      onChange={ask}
    />
  );
}

export function NotificationsPage(): JSX.Element {
  useEffect(() => {
    document.title = 'Notifications · AGTerm';
  }, []);
  return (
    <main class="page">
      <header class="page-head">
        <div class="page-title">
          <h1>Notifications</h1>
          <p class="muted">Kept in this browser. The session on screen is never told of: you see it.</p>
        </div>
      </header>
      <section class="settings-card" aria-label="What you are told of">
        <h2>What you are told of</h2>
        {KINDS.map((kind) => (
          <Switch key={kind} on={told[kind]} text={WHAT[kind][0]} small={WHAT[kind][1]} />
        ))}
      </section>
      <section class="settings-card" aria-label="How you are told">
        <h2>How you are told</h2>
        <Switch on={byToast} text="In the page" small="A short message in the corner that leads to the session." />
        <Switch on={byCount} text="On the tab" small="How many wait, in its title and on its icon." />
        <ByBrowser />
        <Switch
          on={bySound}
          text="By a sound"
          small="Rising when you are asked, falling when something went wrong."
          onChange={(wanted) => wanted && chime('needs_input')}
        />
        <div>
          <button type="button" class="button button-small" onClick={() => chime('needs_input')}>
            <Icon name="bell" size={15} /> Hear it
          </button>
        </div>
      </section>
      <PushCard />
    </main>
  );
}
