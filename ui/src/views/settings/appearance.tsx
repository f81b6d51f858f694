/** How the page and its terminals look: theme, colours, letters, cursor, screen reader; with a sample of it. */
import './appearance.css';

import type { Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import {
  blinks,
  FONT_SIZES,
  fontFamily,
  fontSize,
  isRead,
  renderer,
  RENDERERS,
  SCREEN_COLOURS,
  screenColours,
  theme,
  THEMES,
} from '../../preferences';
import { zoom } from '../../term/looks';
import { fontNames, fontPx, LINE_HEIGHT } from '../../term/metrics';
import { colours } from '../../term/theme';
import { screenLook } from '../../theme';

const THEME_WORDS: Record<(typeof THEMES)[number], [string, string]> = {
  system: ['As the system', 'Changes with it'],
  dark: ['Dark', 'Calm at night'],
  light: ['Light', 'Clear by day'],
  contrast: ['High contrast', 'Black, white, strong lines'],
};
const SCREEN_WORDS: Record<(typeof SCREEN_COLOURS)[number], string> = {
  dark: 'Always dark',
  light: 'Always light',
  page: 'As the page',
};
const RENDERER_WORDS: Record<(typeof RENDERERS)[number], string> = {
  auto: 'What suits the device',
  webgl: 'Graphics card (WebGL)',
  dom: 'Plain page (slower, works everywhere)',
};
const FONTS = ['JetBrains Mono', 'Fira Code', 'Cascadia Mono', 'Source Code Pro', 'IBM Plex Mono', 'Menlo', 'Consolas', 'DejaVu Sans Mono'];

export function AppearancePage(): JSX.Element {
  useEffect(() => {
    document.title = 'Appearance · AGTerm';
  }, []);
  return (
    <main class="page">
      <header class="page-head">
        <div class="page-title">
          <h1>Appearance</h1>
          <p class="muted">Kept in this browser.</p>
        </div>
      </header>
      <section class="settings-card" aria-label="Theme">
        <h2>Theme</h2>
        <fieldset class="themes">
          <legend class="visually-hidden">Theme</legend>
          {THEMES.map((one) => (
            <ThemeCard key={one} name={one} />
          ))}
        </fieldset>
      </section>
      <section class="settings-card" aria-label="Terminal">
        <h2>Terminal</h2>
        <Sample />
        <Row label="Colours" note="Programs are told that their background is dark. On a light one some choose pale colours; these are darkened to be read.">
          <Choice name="Colours" chosen={screenColours} words={SCREEN_WORDS} />
        </Row>
        <Row label="Size of letters" note="Also by Ctrl and plus, minus or 0 in a terminal, by Ctrl and the wheel, or by two fingers.">
          <div class="stepper">
            <button type="button" class="button" aria-label="Smaller" disabled={fontPx() <= FONT_SIZES.least} onClick={() => zoom(-1)}>
              −
            </button>
            <output>{fontPx()} px</output>
            <button type="button" class="button" aria-label="Larger" disabled={fontPx() >= FONT_SIZES.most} onClick={() => zoom(1)}>
              +
            </button>
            <button type="button" class="button button-small" disabled={fontSize.value === 0} onClick={() => zoom(0)}>
              Usual
            </button>
          </div>
        </Row>
        <Row label="Font" note="One that is installed on this device. Without it the usual one is taken.">
          <input
            class="appearance-field"
            list="fonts"
            aria-label="Font"
            placeholder="The usual one"
            value={fontFamily.value}
            maxLength={60}
            pattern="[\w .\-]*"
            onInput={(event) => {
              const { value, validity } = event.currentTarget;
              if (validity.valid) fontFamily.value = value.trim();
            }}
          />
          <datalist id="fonts">
            {FONTS.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </Row>
        <Row label="Drawn by" note="Counts for terminals that are opened from now on.">
          <select
            class="appearance-field"
            aria-label="Drawn by"
            value={renderer.value}
            onChange={(event) => (renderer.value = event.currentTarget.value as (typeof RENDERERS)[number])}
          >
            {RENDERERS.map((one) => (
              <option key={one} value={one}>
                {RENDERER_WORDS[one]}
              </option>
            ))}
          </select>
        </Row>
        <Check on={blinks} text="The cursor blinks" small="Not where the system asks for calm." />
        <Check on={isRead} text="For screen readers" small="Terminals say what they print. It costs speed." />
      </section>
    </main>
  );
}

function ThemeCard({ name }: { name: (typeof THEMES)[number] }): JSX.Element {
  const [title, small] = THEME_WORDS[name];
  return (
    <label class="theme">
      <input type="radio" name="theme" value={name} checked={theme.value === name} onChange={() => (theme.value = name)} />
      <span class={`theme-picture theme-${name}`} aria-hidden="true">
        <i />
        <b />
      </span>
      <span class="theme-text">
        {title}
        <small>{small}</small>
      </span>
    </label>
  );
}

function Row({ label, note, children }: { label: string; note: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="appearance-row">
      <div>
        <span class="appearance-label">{label}</span>
        <small>{note}</small>
      </div>
      <div class="appearance-control">{children}</div>
    </div>
  );
}

function Choice<T extends string>(props: { name: string; chosen: Signal<T>; words: Record<T, string> }): JSX.Element {
  const { name, chosen, words } = props;
  return (
    <div class="choice" role="radiogroup" aria-label={name}>
      {(Object.keys(words) as T[]).map((one) => (
        <label key={one}>
          <input type="radio" name={name} checked={chosen.value === one} onChange={() => (chosen.value = one)} />
          <span>{words[one]}</span>
        </label>
      ))}
    </div>
  );
}

function Check({ on, text, small }: { on: Signal<boolean>; text: string; small: string }): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={on.value} onChange={(event) => (on.value = event.currentTarget.checked)} />
      <span>
        {text}
        <small>{small}</small>
      </span>
    </label>
  );
}

/** A few lines in the colours and letters that are chosen. */
function Sample(): JSX.Element {
  const { background, foreground, green, blue, yellow, red, white, cursor } = colours[screenLook.value];
  const style = {
    background,
    color: foreground,
    fontFamily: fontNames(),
    fontSize: `${fontPx()}px`,
    lineHeight: LINE_HEIGHT * 1.15,
  };
  const word = (colour: string | undefined, text: string): JSX.Element => <span style={{ color: colour }}>{text}</span>;
  return (
    <pre class="appearance-sample" style={style} aria-label="A sample of a terminal">
      {word(green, 'you@desk')} {word(blue, '~/project')} {word(white, '(main)')}
      {'\n'}$ pytest -q{'\n'}
      {word(green, '12 passed')}, {word(yellow, '1 skipped')}, {word(red, '1 failed')} {word(white, 'in 0.42 s')}
      {'\n'}$ <span style={{ background: cursor }}> </span>
    </pre>
  );
}
