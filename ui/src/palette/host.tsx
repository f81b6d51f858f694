/** Hears the page's keys, and shows the dialog that one of them or a command has asked for. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useAttention } from '../attention/watcher';
import { mayChange } from '../api/auth';
import { byId } from '../api/sessions';
import { COSTS, go, KEYS, RECORDINGS, route, SEARCH } from '../router';
import type { IconName } from '../ui/icons';
import { toast } from '../ui/toast';
import { isOurs, keysOf, matches } from './keys';
import { close, open, overlay, type Overlay } from './overlay';
import { type Command, commands, isOffered, known } from './registry';

type Made = () => JSX.Element | null;

function load(what: Overlay): Promise<Made> {
  switch (what.kind) {
    case 'palette':
      return import('./palette').then(({ Palette }) => () => <Palette onClose={close} />);
    case 'help':
      return import('./help').then(({ Help }) => () => <Help onClose={close} />);
    case 'profiles':
      return import('../views/profiles').then(({ Profiles }) => () => <Profiles onClose={close} />);
    case 'launch':
      return import('../views/launcher').then(({ Launcher }) => () => <Launcher {...what} onClose={close} />);
    case 'action':
      return import('../views/action-dialog').then(({ ActionDialog }) => () => {
        const session = byId.value.get(what.id);
        return session ? <ActionDialog what={what.what} session={session} onClose={close} /> : null;
      });
  }
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
  if (!isOurs(event, event.target instanceof Element ? event.target : null)) return;
  const meant = known.peek().find((one) => keysOf(one).some((keys) => matches(event, keys)) && isOffered(one));
  if (!meant) return;
  event.preventDefault();
  event.stopPropagation();
  meant.run();
}

const page = (id: string, title: string, path: string, icon: IconName): Command => ({
  id: `go.${id}`,
  title,
  group: 'Go to',
  icon,
  run: () => go(path),
});

const OWN: Command[] = [
  {
    id: 'palette',
    title: 'All commands',
    group: 'Help',
    icon: 'command',
    keys: ['Mod+K', 'Ctrl+Shift+P', 'F1'],
    when: () => overlay.peek()?.kind !== 'palette',
    run: () => open({ kind: 'palette' }),
  },
  {
    id: 'help',
    title: 'Keyboard shortcuts',
    group: 'Help',
    icon: 'command',
    keys: '?',
    run: () => open({ kind: 'help' }),
  },
  {
    id: 'new',
    title: 'New session…',
    group: 'New',
    icon: 'plus',
    keys: 'Alt+T',
    words: 'start launch agent',
    when: () => mayChange.value,
    run: () => open({ kind: 'launch' }),
  },
  { id: 'profiles', title: 'Profiles…', group: 'Go to', icon: 'bookmark', when: () => mayChange.value, run: () => open({ kind: 'profiles' }) },
  page('sessions', 'Sessions', '/', 'terminal'),
  page('costs', 'Costs', COSTS, 'chart'),
  page('recordings', 'Recordings', RECORDINGS, 'play'),
  page('search', 'Search in what was on the screens', SEARCH, 'search'),
  page('account', 'Settings: account', '/settings/account', 'sliders'),
  page('keys', 'Settings: keys and log-ins', KEYS, 'sliders'),
  page('tokens', 'Settings: API tokens', '/settings/tokens', 'sliders'),
  page('appearance', 'Settings: appearance', '/settings/appearance', 'sliders'),
  page('notifications', 'Settings: notifications', '/settings/notifications', 'sliders'),
];

/** The dialog is gone, and the page below no longer inert: whoever had the keyboard before has it again. */
function goBack(focused: Element | null, of: Overlay): void {
  if (of.kind === 'action' && of.onClosed) of.onClosed();
  else if (document.activeElement === document.body && focused instanceof HTMLElement) focused.focus();
}

export function Overlays(): JSX.Element | null {
  useAttention();
  useLayoutEffect(() => { // whoever sees the page can use its keys
    const undo = commands(OWN);
    window.addEventListener('keydown', press, { capture: true });
    return () => {
      window.removeEventListener('keydown', press, { capture: true });
      undo();
      close();
    };
  }, []);
  const wanted = overlay.value;
  const [shown, setShown] = useState<{ of: Overlay; Made: Made } | null>(null);
  const before = useRef<{ focused: Element | null; of: Overlay } | null>(null);
  useEffect(() => {
    if (!wanted) {
      setShown(null);
      if (before.current) goBack(before.current.focused, before.current.of);
      before.current = null;
      return;
    }
    before.current = { focused: before.current?.focused ?? document.activeElement, of: wanted };
    load(wanted).then(
      (Made) => overlay.peek() === wanted && setShown({ of: wanted, Made }),
      () => toast('This could not be loaded; the server may have been updated.', 'danger'),
    );
  }, [wanted]);
  useLayoutEffect(close, [route.value]); // not later: a key may have opened one by then
  if (!wanted || shown?.of !== wanted) return null;
  return <shown.Made />;
}
