/** What can be done to a session, in its menu: changed, shared, stopped, started again, given another agent, deleted. */
import type { JSX } from 'preact';

import { explain } from '../api/client';
import type { Session } from '../api/types';
import { type Action, open } from '../palette/overlay';
import { Menu, type MenuItem } from '../ui/menu';
import { toast } from '../ui/toast';
import { startAgain } from './stop';

interface Props {
  session: Session;
  onClosed?: () => void;
}

export function SessionMenu({ session, onClosed }: Props): JSX.Element {
  const show = (what: Action) => (): void => open({ kind: 'action', what, id: session.id, onClosed });
  const again = (): void => {
    startAgain(session).catch((error: unknown) => toast(explain(error), 'danger'));
  };
  const isLive = session.status === 'running' || session.status === 'starting';
  const isLost = session.status === 'lost';
  const isRun = session.kind === 'run'; // which is not started again
  const items: MenuItem[] = [
    { icon: 'edit', text: 'Edit…', act: show('edit') },
    { icon: 'share', text: 'Share…', act: show('share') },
    ...(isLost || isRun ? [] : [{ icon: 'swap' as const, text: 'Switch agent…', act: show('switch') }]),
    ...(isLive && !isRun ? [{ icon: 'restart' as const, text: 'Restart…', act: show('restart') }] : []),
    ...(isLive ? [{ icon: 'stop' as const, text: 'Stop…', act: show('stop') }] : []),
    ...(isLive || isRun ? [] : [{ icon: 'restart' as const, text: isLost ? 'Resume' : 'Start again', act: again }]),
    { icon: 'trash', text: 'Delete…', act: show('delete'), danger: true },
  ];
  return <Menu label={`Actions for ${session.name}`} items={items} />;
}
