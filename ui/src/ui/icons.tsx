/** The page's pictures: small line icons, and a mark for each agent. */
import type { ComponentChildren, CSSProperties, JSX } from 'preact';

function Line({ children, size = 18, bold = false }: { children: ComponentChildren; size?: number; bold?: boolean }): JSX.Element {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={bold ? 3 : 1.8}
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
  minus: 'M5 12h14',
  phone: 'M7 3h10v18H7zM11 18h2',
  tablet: 'M4 4h16v16H4zM11 17h2',
  desktop: 'M3 5h18v11H3zM9 20h6M12 16v4',
  external: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
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
  more: 'M12 5v.01M12 12v.01M12 19v.01',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4',
  stop: 'M6 6h12v12H6z',
  eye: 'M2 12c3-5 6.5-7 10-7s7 2 10 7c-3 5-6.5 7-10 7s-7-2-10-7zM12 9a3 3 0 100 6 3 3 0 000-6z',
  star: 'M12 4l2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8z',
  history: 'M4 12a8 8 0 108-8c-3 0-5 1.5-6.5 3.5M5 3v5h5M12 8v4l3 2',
  bookmark: 'M7 4h10v16l-5-4-5 4z',
  terminal: 'M5 7l5 5-5 5M13 17h6',
  chart: 'M4 4v16h16M9 16v-5M13.5 16V7M18 16v-3',
  key: 'M8 11a4 4 0 100 8 4 4 0 000-8zM11 12.5L20 4M16 8l3 3',
  play: 'M7 4l13 8-13 8z',
  sliders: 'M4 7h10M18 7h2M16 4v6M4 17h2M10 17h10M8 14v6',
  bell: 'M6 17V11a6 6 0 1112 0v6l2 2H4zM10 21h4',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  diff: 'M12 4v10M7 9h10M7 19h10',
  globe: 'M12 3a9 9 0 100 18 9 9 0 000-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  split: 'M4 5h16v14H4zM12 5v14',
  splitdown: 'M4 5h16v14H4zM4 12h16',
  branch: 'M7 4v12M7 16a2 2 0 100 4 2 2 0 000-4zM17 4a2 2 0 100 4 2 2 0 000-4zM17 8c0 5-10 3-10 8',
  share: 'M17 3a3 3 0 100 6 3 3 0 000-6zM6 9a3 3 0 100 6 3 3 0 000-6zM17 15a3 3 0 100 6 3 3 0 000-6zM8.6 10.6l6-3.2M8.6 13.4l6 3.2',
  people: 'M9 4a4 4 0 100 8 4 4 0 000-8zM2 20c0-4 3-6 7-6s7 2 7 6M16 4.5a4 4 0 010 7M18 14.5c3 .5 4 2.5 4 5.5',
  check: 'M5 12l5 5 9-10',
  upload: 'M12 20V9M7 13l5-5 5 5M5 4h14',
  command: 'M9 9h6v6H9zM9 9V6.5A2.5 2.5 0 106.500 9zM15 9V6.5A2.5 2.5 0 1117.5 9zM9 15v2.500A2.5 2.500 0 116.5 15zM15 15v2.5a2.5 2.5 0 102.5-2.500z',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  pause: 'M8 5v14M16 5v14',
  before: 'M18 5l-9 7 9 7zM6 5v14',
  after: 'M6 5l9 7-9 7zM18 5v14',
  fill: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <Line size={size} bold={name === 'more'}>
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
