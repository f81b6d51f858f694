/** Begins to record the session on screen, says that it is recorded, and ends that. */
import './button.css';

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { explain } from '../../api/client';
import { lookWhetherRecorded, startRecording, stopRecording, underWay } from '../../api/recordings';
import { now } from '../../api/sessions';
import type { Session } from '../../api/types';
import { clock } from '../../player/timeline';
import { toast } from '../../ui/toast';
import { lengthText } from './words';

export function RecordButton({ session, onDone }: { session: Session; onDone?: () => void }): JSX.Element | null {
  const busy = useSignal(false);
  const { id, status, access = 'own' } = session;
  const isOwn = access === 'own'; // what is shared with somebody is not his to record
  const recording = underWay.value.get(id);
  useEffect(() => void (isOwn && lookWhetherRecorded(id).catch(() => {})), [id, status, isOwn]);
  const isLive = status === 'running' || status === 'starting';
  if (!isOwn || (!isLive && !recording)) return null;
  const act = async (): Promise<void> => {
    busy.value = true;
    try {
      if (recording) {
        const { durationMs } = await stopRecording(recording.id);
        toast(`Recorded ${clock(durationMs / 1000)}. It is among the recordings now.`);
      } else {
        await startRecording(id);
        toast('Recording from now on.');
      }
    } catch (error) {
      toast(explain(error), 'danger');
      await lookWhetherRecorded(id).catch(() => {}); // another window may have been faster
    }
    busy.value = false;
    onDone?.();
  };
  const text = recording ? `Stop recording, ${lengthText(recording, now.value)} so far` : 'Record this session';
  return (
    <button
      type="button"
      class="icon-button record-button"
      aria-label={recording ? 'Stop recording' : 'Record this session'}
      aria-pressed={recording !== undefined}
      title={text}
      disabled={busy.value}
      onClick={() => void act()}
    >
      <span class={recording ? 'record-dot record-live' : 'record-dot'} aria-hidden="true" />
    </button>
  );
}
