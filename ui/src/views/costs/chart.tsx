/** A bar a day, drawn as SVG, in parts where asked; pointing at it or going through by arrow keys tells its figures. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { grouped, lengthOf, named, stackOf, ticks } from './scale';

const HEIGHT = 210;
const LEFT = 58;
const FOOT = 24;
const TOP = 10;

export interface Day {
  date: string;
  value: number;
  /** What is told of it. */
  text: string;
  /** What the bar is made of, from below; empty: it is one. */
  parts?: number[];
}

interface Props {
  label: string;
  days: Day[];
  /** How a figure of the axis is written. */
  axis: (value: number) => string;
  tone: 'billed' | 'plan';
}

interface Group {
  first: Day;
  value: number;
  text: string;
  parts: number[];
}

function groupOf(days: Day[]): Group {
  const first = days[0]!;
  const value = days.reduce((sum, day) => sum + day.value, 0);
  const parts = (first.parts ?? []).map((_, place) => days.reduce((sum, day) => sum + (day.parts?.[place] ?? 0), 0));
  const text = days.length === 1 ? first.text : `${days.length} days from ${first.text}`;
  return { first, value, text, parts };
}

const FORMAT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const WITH_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

export const dayText = (date: string, year = false): string => (year ? WITH_YEAR : FORMAT).format(Date.parse(date));

export function Chart({ label, days, axis, tone }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  const [at, setAt] = useState<number | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => setWidth(Math.max(240, element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const groups = grouped(days, Math.max(30, Math.floor((width - LEFT) / 3))).map(groupOf);
  const steps = ticks(Math.max(0, ...groups.map(({ value }) => value)));
  const top = steps.at(-1)!;
  const room = HEIGHT - FOOT - TOP;
  const step = (width - LEFT) / Math.max(1, groups.length);
  const gap = step > 12 ? Math.min(6, step * 0.22) : step > 4 ? 1 : 0;
  const bar = Math.min(46, step - gap);
  const names = named(groups.length, width - LEFT);
  const x = (place: number): number => LEFT + place * step + (step - bar) / 2;
  const y = (value: number): number => TOP + room - (value / top) * room;
  /** A name that would go beyond the chart ends where that ends. */
  const anchor = (place: number): 'end' | 'middle' => (place === groups.length - 1 && step < 56 ? 'end' : 'middle');
  const keys = (event: KeyboardEvent): void => {
    const last = groups.length - 1;
    const now = at ?? (event.key === 'ArrowLeft' ? groups.length : -1);
    const to = { ArrowRight: Math.min(last, now + 1), ArrowLeft: Math.max(0, now - 1), Home: 0, End: last }[event.key];
    if (event.key === 'Escape') setAt(null);
    else if (to === undefined) return;
    else setAt(to);
    event.preventDefault();
  };
  const point = (event: PointerEvent): void => {
    const { left } = box.current!.getBoundingClientRect();
    const place = Math.floor((event.clientX - left - LEFT) / step);
    setAt(place >= 0 && place < groups.length ? place : null);
  };
  const told = at === null ? undefined : groups[at];
  return (
    <div
      ref={box}
      class={`chart chart-${tone}`}
      role="group"
      aria-label={`${label}; arrow keys go through the days`}
      tabIndex={0}
      onKeyDown={keys}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setAt(null)}
      onBlur={() => setAt(null)}
    >
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
        {steps.map((value) => (
          <g key={value}>
            <line class="chart-line" x1={LEFT} x2={width} y1={y(value)} y2={y(value)} />
            <text class="chart-text" x={LEFT - 8} y={y(value) + 4} text-anchor="end">
              {axis(value)}
            </text>
          </g>
        ))}
        {groups.map(({ first, value, parts }, place) => {
          const height = lengthOf(value, top, room);
          return (
            <g key={first.date}>
              {height > 0 && parts.length > 0 && (
                <g class={place === at ? 'chart-stack chart-bar-at' : 'chart-stack'}>
                  {stackOf(parts, height).map(({ from, size }, part) => (
                    <rect
                      key={part}
                      class={`part-${part}`}
                      x={x(place)}
                      y={TOP + room - from - size}
                      width={bar}
                      height={size}
                    />
                  ))}
                </g>
              )}
              {height > 0 && parts.length === 0 && (
                <rect
                  class={place === at ? 'chart-bar chart-bar-at' : 'chart-bar'}
                  x={x(place)}
                  y={TOP + room - height}
                  width={bar}
                  height={height}
                  rx={bar > 8 ? 2.5 : 0}
                />
              )}
              {names.has(place) && (
                <text
                  class="chart-text"
                  x={anchor(place) === 'end' ? width : x(place) + bar / 2}
                  y={HEIGHT - 6}
                  text-anchor={anchor(place)}
                >
                  {dayText(first.date)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <p class="visually-hidden" aria-live="polite">
        {told?.text}
      </p>
      {told && (
        <span class="chart-tip" aria-hidden="true" style={tipPlace(x(at!) + bar / 2, width)}>
          {told.text}
        </span>
      )}
    </div>
  );
}

function tipPlace(x: number, width: number): Record<string, string> {
  return x > width / 2 ? { right: `${width - x + 8}px` } : { left: `${x + 8}px` };
}
