/** The dialogs in which something is done to a session. */
import type { JSX } from 'preact';

import type { Session } from '../api/types';
import type { Action } from '../palette/overlay';
import { DeleteSession } from './delete';
import { EditSession } from './edit';
import { ShareSession } from './shares/dialog';
import { RestartSession, StopSession } from './stop';
import { Switcher } from './switcher';

export function ActionDialog(props: { what: Action; session: Session; onClose: () => void }): JSX.Element {
  const { what, ...rest } = props;
  switch (what) {
    case 'edit':
      return <EditSession {...rest} />;
    case 'share':
      return <ShareSession {...rest} />;
    case 'stop':
      return <StopSession {...rest} />;
    case 'restart':
      return <RestartSession {...rest} />;
    case 'switch':
      return <Switcher {...rest} />;
    case 'delete':
      return <DeleteSession {...rest} />;
  }
}
