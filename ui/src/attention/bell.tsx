/** The bell in the top bar: how many wait for somebody, and behind it who. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { route } from '../router';
import { useElsewhere } from '../ui/elsewhere';
import { Icon } from '../ui/icons';
import { Lazy } from '../ui/lazy';
import { isOpen } from './open';
import { held, queue } from './queue';
import './bell.css';

const panel = (): Promise<() => JSX.Element> => import('./panel').then(({ Panel }) => Panel);

/** What is said of the bell. */
export function bellText(waiting: number, news: number): string {
  const parts = [waiting > 0 && `${waiting} waiting`, news > 0 && `${news} new`].filter(Boolean);
  return `Needs you: ${parts.join(', ') || 'nobody'}`;
}

export function Bell(): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = route.value.page === 'session' ? route.value.id : null;
  const close = (): void => {
    isOpen.value = false;
  };
  useElsewhere(root, isOpen.value, close);
  useLayoutEffect(close, [id]);
  useEffect(() => {
    if (!isOpen.value) return;
    const keys = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      close();
      button.current?.focus();
    };
    document.addEventListener('keydown', keys); // wherever the keyboard is: what had it may have been answered and gone
    return () => document.removeEventListener('keydown', keys);
  }, [isOpen.value]);
  const waiting = held.value.length;
  const news = queue.value.length - waiting;
  const count = waiting || news;
  return (
    <div class="bell" ref={root}>
      <button
        ref={button}
        type="button"
        class="icon-button bell-button"
        aria-label={bellText(waiting, news)}
        title="Who needs you (Alt+A)"
        aria-haspopup="dialog"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <Icon name="bell" />
        {count > 0 && (
          <span class={waiting > 0 ? 'bell-count bell-waiting' : 'bell-count'} aria-hidden="true">
            {count > 99 ? '99+' : count}
          </span>
        )}
      </button>
      {isOpen.value && <Lazy load={panel} />}
    </div>
  );
}
