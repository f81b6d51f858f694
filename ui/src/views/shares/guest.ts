/** The terminal as a guest has it: the share's cookie opens the line, nobody has a name, and nothing is uploaded. */
import type { GuestShare } from '../../api/people';
import type { Attached, Control, Viewer } from '../../api/types';
import { TerminalView } from '../../term/view';

const NAMELESS = 'Somebody';
const nameless = (viewers: Viewer[] = []): Viewer[] => viewers.map((viewer) => ({ ...viewer, user: NAMELESS }));

class GuestView extends TerminalView {
  override readonly isGuest = true;

  override attached(info: Attached): void {
    super.attached({ ...info, viewers: nameless(info.viewers) });
  }

  override controlled(control: Control): void {
    const driver = control.driver && { ...control.driver, user: NAMELESS };
    super.controlled({ ...control, driver, viewers: nameless(control.viewers) });
  }

  override async send(): Promise<void> {
    this.trouble.value = 'Files can’t be sent by a shared link.';
  }
}

function openSocket(): WebSocket {
  const url = new URL('/ws?shared=1', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return new WebSocket(url);
}

export function guestView({ session }: GuestShare): TerminalView {
  const view = new GuestView(session.id, openSocket);
  window.agterm.terminals.set(session.id, view);
  return view;
}
