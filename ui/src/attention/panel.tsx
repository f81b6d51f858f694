/** Who waits for somebody, with what is on the screen, and the answer right there. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { follow } from '../router';
import { Icon } from '../ui/icons';
import { Item } from './item';
import { isOpen } from './open';
import './panel.css';
import { held, markSeen, queue } from './queue';

const MOST = 30;

export function Panel(): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => root.current?.focus(), []);
  const all = queue.value;
  useEffect(() => {
    if (document.activeElement === document.body) root.current?.focus(); // whoever had the keyboard is gone
  }, [all.length]);
  const news = all.filter(({ kind }) => kind === 'finished' || kind === 'failed');
  const close = (): void => {
    isOpen.value = false;
  };
  return (
    <div ref={root} class="waiting" role="dialog" aria-label="Needs you" tabIndex={-1}>
      <header class="waiting-head">
        <h2>Needs you</h2>
        {news.length > 1 && (
          <button
            type="button"
            class="button button-small"
            onClick={() => {
              markSeen(news.map(({ session }) => session.id));
              root.current?.focus();
            }}
          >
            Mark {news.length} as seen
          </button>
        )}
        <a
          class="icon-button"
          href="/settings/notifications"
          aria-label="What to be told of"
          title="What to be told of"
          onClick={(event) => {
            follow(event);
            close();
          }}
        >
          <Icon name="sliders" />
        </a>
        <button type="button" class="icon-button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {all.length === 0 && (
        <div class="waiting-none">
          <Icon name="check" size={26} />
          <p>Nobody waits for you.</p>
        </div>
      )}
      <ul class="waits">
        {all.slice(0, MOST).map((waiting) => (
          <Item key={waiting.session.id} waiting={waiting} onGone={() => root.current?.focus()} />
        ))}
      </ul>
      {all.length > MOST && <p class="waiting-more">And {all.length - MOST} more, in the list of sessions.</p>}
      {held.value.length > 1 && <p class="waiting-more waiting-keys">Alt+N goes from one to the next.</p>}
    </div>
  );
}
