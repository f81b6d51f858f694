/** A button with a menu under it; arrows, Home, End and Escape work as in every menu. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useElsewhere } from './elsewhere';
import { Icon, type IconName } from './icons';

export interface MenuItem {
  icon: IconName;
  text: string;
  act: () => void;
  danger?: boolean;
}

interface Props {
  label: string;
  items: MenuItem[];
  children?: ComponentChildren;
}

export function Menu({ label, items, children }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useElsewhere(root, open, () => setOpen(false));
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="menu" ref={root}>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {children ?? <Icon name="more" />}
      </button>
      {open && <List label={label} items={items} onClose={close} />}
    </div>
  );
}

function List({ label, items, onClose }: { label: string; items: MenuItem[]; onClose: () => void }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const all = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  useLayoutEffect(() => {
    const element = list.current;
    all()[0]?.focus();
    const frame = element?.closest('dialog')?.getBoundingClientRect().bottom ?? window.innerHeight;
    if (element && element.getBoundingClientRect().bottom > frame) element.classList.add('menu-up');
  }, []);
  const move = (event: KeyboardEvent): void => {
    const entries = all();
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (to !== undefined) entries.at(to % entries.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={list} class="menu-list" role="menu" aria-label={label} onKeyDown={move}>
      {items.map(({ icon, text, act, danger }) => (
        <button
          key={text}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={danger ? 'menu-item menu-danger' : 'menu-item'}
          onClick={() => {
            onClose();
            act();
          }}
        >
          <Icon name={icon} size={16} /> {text}
        </button>
      ))}
    </div>
  );
}
