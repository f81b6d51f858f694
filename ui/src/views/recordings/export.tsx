/** Asks in which form a recording is wanted, and hands the file to the browser. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { exportRecording, type ExportFormat, type Recording } from '../../api/recordings';
import { Dialog } from '../../ui/dialog';
import { Form } from '../../ui/form';

type Choice = 'html' | 'v2' | 'v3' | 'text' | 'json';

const CHOICES: [Choice, string, string][] = [
  ['html', 'Web page', 'One file with a player inside. It plays anywhere, without a network.'],
  ['v2', 'asciicast v2', 'For asciinema and most other players.'],
  ['v3', 'asciicast v3', 'For newer players.'],
  ['text', 'Text', 'What was printed, without colours and control characters.'],
  ['json', 'JSON', 'Everything, for programs.'],
];
const FORMATS: Record<Choice, { format: ExportFormat; version?: 2 | 3 }> = {
  html: { format: 'html' },
  v2: { format: 'asciinema', version: 2 },
  v3: { format: 'asciinema', version: 3 },
  text: { format: 'text' },
  json: { format: 'json' },
};

function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function ExportDialog({ recording, onClose }: { recording: Recording; onClose: () => void }): JSX.Element {
  const choice = useSignal<Choice>('html');
  const redact = useSignal(true);
  const submit = async (): Promise<void> => {
    const { name, content } = await exportRecording(recording.id, { ...FORMATS[choice.value], redact: redact.value });
    save(name, content);
  };
  return (
    <Dialog title="Export the recording" onClose={onClose}>
      <Form verb="Download" submit={submit} onClose={onClose}>
        <fieldset class="formats">
          <legend class="visually-hidden">Format</legend>
          {CHOICES.map(([name, text, about]) => (
            <label key={name} class="format">
              <input
                type="radio"
                name="format"
                value={name}
                checked={choice.value === name}
                onChange={() => (choice.value = name)}
              />
              <span>
                {text} <small>{about}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <label class="check">
          <input type="checkbox" checked={redact.value} onChange={(event) => (redact.value = event.currentTarget.checked)} />
          <span>
            Take out what looks like a key{' '}
            <small>The keys the session was given are never in it. This takes out others, of the common kinds.</small>
          </span>
        </label>
      </Form>
    </Dialog>
  );
}
