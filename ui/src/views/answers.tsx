/** What a session asks is answered by one thumb: the choices its screen shows, as buttons over the keys. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { byId } from '../api/sessions';
import { type Choice, choicesOf } from '../attention/choices';
import type { TerminalView } from '../term/view';

const SETTLES_MS = 150;
const AGAIN_MS = 900;
const ON_THE_BAR = ['Enter', 'Esc'];

/** The screen as text. */
function screenOf({ terminal }: TerminalView): string {
  const { active } = terminal.buffer;
  const lines = Array.from({ length: terminal.rows }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '');
  return lines.join('\n').trimEnd();
}

export function Answers({ view }: { view: TerminalView }): JSX.Element | null {
  const session = byId.value.get(view.id);
  const asks = session?.status === 'running' && session.state === 'needs_input';
  const choices = useSignal<Choice[]>([]);
  const isOff = useSignal(false);
  useEffect(() => {
    choices.value = [];
    if (!asks) return undefined;
    let timer = 0;
    const look = (): void => {
      choices.value = choicesOf(screenOf(view)).filter(({ text }) => !ON_THE_BAR.includes(text));
    };
    const soon = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(look, SETTLES_MS);
    };
    look();
    const watching = view.terminal.onWriteParsed(soon);
    return () => {
      clearTimeout(timer);
      watching.dispose();
    };
  }, [view, asks]);
  if (choices.value.length === 0) return null;
  const press = (keys: string): void => {
    view.type(keys);
    isOff.value = true;
    setTimeout(() => (isOff.value = false), AGAIN_MS); // a second touch would answer what comes next
  };
  return (
    <div class="answers" role="group" aria-label="Answers">
      {choices.value.map(({ text, keys, tone }) => (
        <button
          key={text}
          type="button"
          class={tone ? 'button button-primary' : 'button'}
          disabled={isOff.value}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => press(keys)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
