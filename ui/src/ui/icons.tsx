/** The page's pictures: small line icons, and a mark for each agent. */
import type { ComponentChildren, CSSProperties, JSX } from 'preact';

function Line({ children, size = 18 }: { children: ComponentChildren; size?: number }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

const paths = {
  plus: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  swap: 'M4 8h14l-4-4M20 16H6l4 4',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  paste: 'M8 5H5v15h14V5h-3M9 3h6v4H9z',
  search: 'M11 4a7 7 0 100 14 7 7 0 000-14zM16 16l4.5 4.5',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  close: 'M6 6l12 12M18 6L6 18',
  logout: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  shield: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z',
  warning: 'M12 4L2.5 20h19zM12 10v4M12 17v.01',
  restart: 'M4 12a8 8 0 108-8c-3 0-5 1.5-6.5 3.5M5 3v5h5',
  folder: 'M3 6h6l2 2h10v11H3z',
  terminal: 'M5 7l5 5-5 5M13 17h6',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <Line size={size}>
      <path d={paths[name]} />
    </Line>
  );
}

export function Brand({ size = 28 }: { size?: number }): JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" class="brand-mark">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M8 10.5l6 5.5-6 5.5M16.5 22H24"
        fill="none"
        stroke="#fff"
        stroke-width="2.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

const marks: Record<string, JSX.Element> = {
  shell: <path d="M5 7l5 5-5 5M13 17h6" />,
  claude: <path d="M12 3v18M3 12h18M5.6 5.6l12.8 12.8M18.4 5.6L5.6 18.4" />,
  gemini: <path d="M12 3c.6 5 4 8.4 9 9-5 .6-8.4 4-9 9-.6-5-4-8.4-9-9 5-.6 8.4-4 9-9z" />,
  codex: <path d="M8 7l-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14" />,
  agterm: <path d="M4 5h16v14H4zM8 10l2.5 2L8 14M13 14.5h3.5" />,
};

/** A tile in the agent's colour with its mark, or its initial when it is one we have no picture for. */
export function AgentTile(props: { id: string; name?: string | undefined; color?: string | undefined; small?: boolean }): JSX.Element {
  const mark = marks[props.id];
  const style = { '--agent': props.color ?? 'var(--muted)' } as CSSProperties;
  return (
    <span class={props.small ? 'tile tile-small' : 'tile'} style={style}>
      {mark ? <Line size={props.small ? 16 : 20}>{mark}</Line> : (props.name ?? props.id).slice(0, 1).toUpperCase()}
    </span>
  );
}
