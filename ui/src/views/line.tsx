/** What lies over a terminal while its line is not in order: connecting, lost, refused, or gone for good. */
import type { JSX } from 'preact';

import type { TerminalView } from '../term/view';
import { Banner } from '../ui/banner';

export function LineTrouble({ view }: { view: TerminalView }): JSX.Element | null {
  const state = view.link.value;
  const error = view.error.value;
  const goneForGood = state === 'stopped' && error?.code !== 'ATTACH_FAILED';
  if (view.exit.value && state !== 'waiting' && !goneForGood) return null; // the bar below says it
  if (state === 'stopped') {
    return (
      <Banner tone="danger">
        {error?.code === 'SESSION_NOT_FOUND' ? 'This session does not exist any more.' : (error?.message ?? 'Disconnected.')}
      </Banner>
    );
  }
  if (state === 'waiting' || (state === 'connecting' && view.everLive.value)) {
    return (
      <Banner tone="warning" busy>
        {error?.code === 'HOST_UNAVAILABLE' ? 'The runner is down. Trying again…' : 'Reconnecting…'}
        {view.refused.value && <strong> Not sent: nothing you type reaches the program now.</strong>}
      </Banner>
    );
  }
  if (error) return <Banner tone="warning">{error.message || error.code}</Banner>;
  return null;
}
