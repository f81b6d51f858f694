/** What can be done to a recording, in its menu, and the dialogs behind that. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { mayChange } from '../../api/auth';
import { explain } from '../../api/client';
import { deleteRecording, stopRecording, type Recording } from '../../api/recordings';
import { Confirm } from '../../ui/confirm';
import { Menu, type MenuItem } from '../../ui/menu';
import { toast } from '../../ui/toast';
import { ExportDialog } from './export';
import { titleOf } from './words';

type Open = 'export' | 'delete' | null;

interface Props {
  recording: Recording;
  onChanged: (recording: Recording) => void;
  onDeleted: () => void;
}

export function RecordingMenu({ recording, onChanged, onDeleted }: Props): JSX.Element {
  const open = useSignal<Open>(null);
  const show = (what: Open) => (): void => {
    open.value = what;
  };
  const stop = (): void => {
    stopRecording(recording.id).then(onChanged, (error: unknown) => toast(explain(error), 'danger'));
  };
  const items: MenuItem[] = [
    { icon: 'download', text: 'Export…', act: show('export') },
    ...(recording.status === 'recording' && mayChange.value ? [{ icon: 'stop' as const, text: 'Stop recording', act: stop }] : []),
    ...(mayChange.value ? [{ icon: 'trash' as const, text: 'Delete…', act: show('delete'), danger: true }] : []),
  ];
  return (
    <>
      <Menu label={`Actions for ${titleOf(recording)}`} items={items} />
      {open.value === 'export' && <ExportDialog recording={recording} onClose={show(null)} />}
      {open.value === 'delete' && (
        <Confirm
          title="Delete the recording?"
          verb="Delete"
          action={() => deleteRecording(recording).then(onDeleted)}
          onClose={show(null)}
        >
          <p>
            <strong>{titleOf(recording)}</strong> is deleted with its file.
            {recording.sessionDeleted && ' With the last recording of this deleted session, search forgets it as well.'}
          </p>
        </Confirm>
      )}
    </>
  );
}
