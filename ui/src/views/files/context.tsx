/** A menu where the pointer is, or at the row that has the focus; keys work as in every menu. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { useElsewhere } from '../../ui/elsewhere';
import { Icon } from '../../ui/icons';
import type { MenuItem } from '../../ui/menu';

export interface ContextItem extends MenuItem {
  /** A download: the browser follows it itself. */
  href?: string;
}

interface Shown {
  /** Whose menu it is: only its owner draws it. */
  of: unknown;
  x: number;
  y: number;
  label: string;
  items: ContextItem[];
  back: HTMLElement | null;
}

const shown = signal<Shown | null>(null);

export function openContext(of: unknown, at: { x: number; y: number }, label: string, items: ContextItem[]): void {
  shown.value = { of, ...at, label, items, back: document.activeElement as HTMLElement | null };
}

export function ContextMenu({ of }: { of: unknown }): JSX.Element | null {
  const menu = shown.value;
  if (!menu || menu.of !== of) return null;
  return <List key={`${menu.x} ${menu.y}`} menu={menu} />;
}

function List({ menu }: { menu: Shown }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const close = (): void => {
    shown.value = null;
    menu.back?.focus();
  };
  useElsewhere(list, true, () => (shown.value = null));
  const all = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(8, Math.min(menu.x, window.innerWidth - width - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(menu.y, window.innerHeight - height - 8))}px`;
    all()[0]?.focus();
  }, []);
  const keys = (event: KeyboardEvent): void => {
    const entries = all();
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (to !== undefined) entries.at(to % entries.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={list} class="menu-list context-menu" role="menu" aria-label={menu.label} onKeyDown={keys}>
      {menu.items.map(({ icon, text, act, danger, href }) => {
        const inside = (
          <>
            <Icon name={icon} size={16} /> {text}
          </>
        );
        const look = danger ? 'menu-item menu-danger' : 'menu-item';
        const choose = (): void => {
          close();
          act();
        };
        return href ? (
          <a key={text} role="menuitem" tabIndex={-1} class={look} href={href} download onClick={() => setTimeout(close)}>
            {inside}
          </a>
        ) : (
          <button key={text} type="button" role="menuitem" tabIndex={-1} class={look} onClick={choose}>
            {inside}
          </button>
        );
      })}
    </div>
  );
}
