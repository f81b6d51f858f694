/** A menu where the pointer is: arrows, Home, End and Escape work as in every menu; it closes when something else happens. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { useElsewhere } from '../ui/elsewhere';
import { Icon, type IconName } from '../ui/icons';

export interface Entry {
  icon?: IconName;
  text: string;
  keys?: string;
  isOff?: boolean;
  act: () => void;
}

interface Props {
  label: string;
  at: { x: number; y: number };
  entries: Entry[];
  onClose: () => void;
}

const EDGE_PX = 8;

export function Popup({ label, at, entries, onClose }: Props): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  useElsewhere(list, true, onClose);
  const items = (): HTMLButtonElement[] => [...(list.current?.querySelectorAll<HTMLButtonElement>('button:enabled') ?? [])];
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(EDGE_PX, Math.min(at.x, window.innerWidth - width - EDGE_PX))}px`;
    element.style.top = `${Math.max(EDGE_PX, Math.min(at.y, window.innerHeight - height - EDGE_PX))}px`;
    items()[0]?.focus();
  }, []);
  const move = (event: KeyboardEvent): void => {
    const all = items();
    const here = all.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (to !== undefined) all.at(to % all.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={list} class="menu-list popup" role="menu" aria-label={label} onKeyDown={move}>
      {entries.map(({ icon, text, keys, isOff, act }) => (
        <button
          key={text}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class="menu-item"
          disabled={isOff}
          onClick={() => {
            onClose();
            act();
          }}
        >
          {icon && <Icon name={icon} size={16} />} <span class="popup-text">{text}</span>
          {keys && <kbd class="popup-keys">{keys}</kbd>}
        </button>
      ))}
    </div>
  );
}
