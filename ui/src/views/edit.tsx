/** Changes a session's name, colour and tags. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { change } from '../api/sessions';
import type { Session } from '../api/types';
import { ColorPicker } from '../ui/colors';
import { Dialog } from '../ui/dialog';
import { Field, Form, tagsOf, textOf } from '../ui/form';

export function EditSession({ session, onClose }: { session: Session; onClose: () => void }): JSX.Element {
  const [color, setColor] = useState(session.color ?? '');
  const submit = (form: FormData): Promise<void> =>
    change(session.id, {
      name: textOf(form, 'name'),
      tags: tagsOf(textOf(form, 'tags')),
      ...(color && color !== session.color ? { color } : {}),
    });
  return (
    <Dialog title="Edit session" onClose={onClose}>
      <Form verb="Save" submit={submit} onClose={onClose}>
        <Field label="Name">
          <input name="name" required maxLength={200} autocomplete="off" defaultValue={session.name} />
        </Field>
        <ColorPicker chosen={color} onChoose={setColor} />
        <Field label="Tags" optional>
          <input name="tags" autocomplete="off" placeholder="web, urgent" defaultValue={session.tags?.join(', ')} />
        </Field>
      </Form>
    </Dialog>
  );
}
