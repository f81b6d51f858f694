/** The switch for word while no page is open, why it can't be had, and which browsers are told. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { explain } from '../api/client';
import type { PushSubscription } from '../api/notifications';
import { now } from '../api/sessions';
import { Icon } from '../ui/icons';
import { ago } from '../ui/time';
import { toast } from '../ui/toast';
import { nameOf } from './device';
import { browsers, here, isOn, look, takeBack, turnOff, turnOn, whyNot } from './push';
import './push.css';

export function PushCard(): JSX.Element {
  const wanted = useSignal<boolean | null>(null); // until it is so
  const trouble = useSignal('');
  const why = whyNot();
  useEffect(() => {
    void look().catch(() => {}); // the page says itself that the server is away
  }, []);
  const flip = (to: boolean): void => {
    wanted.value = to;
    trouble.value = '';
    (to ? turnOn() : turnOff())
      .catch((error: unknown) => (trouble.value = explain(error)))
      .finally(() => (wanted.value = null));
  };
  return (
    <section class="settings-card" aria-label="When no page is open">
      <h2>When no page is open</h2>
      <label class="check">
        <input
          type="checkbox"
          checked={wanted.value ?? isOn.value}
          disabled={wanted.value !== null || (why !== '' && !isOn.value)}
          onChange={(event) => flip(event.currentTarget.checked)}
        />
        <span>
          Push to this browser
          <small>
            {why ||
              'Also when it is closed, and on a phone in your pocket: the session’s name and what happened, sealed for this browser. Nothing is sent while you look at a page of AGTerm.'}
          </small>
        </span>
      </label>
      {trouble.value && (
        <p class="push-trouble" role="alert">
          {trouble.value}
        </p>
      )}
      {(browsers.value?.length ?? 0) > 0 && (
        <ul class="push-list" aria-label="Browsers that are told">
          {browsers.value?.map((one) => (
            <Browser key={one.id} browser={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Browser({ browser }: { browser: PushSubscription }): JSX.Element {
  const name = nameOf(browser.device);
  return (
    <li class="push-browser">
      <Icon name="bell" size={16} />
      <span class="push-name">
        {name}
        {browser.id === here.value && <strong> this one</strong>}
        <small>{browser.lastSentAt ? `told ${ago(browser.lastSentAt, now.value)}` : 'not told of anything yet'}</small>
      </span>
      <button
        type="button"
        class="button button-small"
        aria-label={`Stop telling ${name}`}
        onClick={() => takeBack(browser.id).catch((error: unknown) => toast(explain(error), 'danger'))}
      >
        Stop
      </button>
    </li>
  );
}
