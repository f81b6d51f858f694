/** The form of one profile. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { refreshShells, saveProfile, shells, type ProfileDraft } from '../api/profiles';
import { agents } from '../api/sessions';
import type { Profile } from '../api/types';
import { ColorPicker } from '../ui/colors';
import { Field, Form, tagsOf, textOf } from '../ui/form';

/** Lines of `NAME=value`; a line that is none is refused, saying which. */
export function variablesOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw new Error(`Not of the form NAME=value: ${line}`);
      return [line.slice(0, at).trim(), line.slice(at + 1)];
    }),
  );
}

export function textOfVariables(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** The whole profile as the form says; what the form does not show stays as it was. */
export function draftOf(form: FormData, agent: string, color: string, before: Profile | null): ProfileDraft {
  const words = textOf(form, 'words');
  const same = before?.agent === agent;
  return {
    name: textOf(form, 'name'),
    agent,
    args: same ? before.args : [],
    provider: same ? before.provider : null,
    icon: before?.icon ?? null,
    env: variablesOf(String(form.get('env') ?? '')),
    cwd: textOf(form, 'cwd') || null,
    path: textOf(form, 'shell') || null,
    model: textOf(form, 'model') || null,
    tags: tagsOf(textOf(form, 'tags')),
    color: color || null,
    initialCommand: (agent === 'shell' && words) || null,
    prompt: (agent !== 'shell' && words) || null,
  };
}

export function ProfileForm({ profile, onClose }: { profile: Profile | null; onClose: () => void }): JSX.Element {
  const [agent, setAgent] = useState(profile?.agent ?? 'shell');
  const [color, setColor] = useState(profile?.color ?? '');
  useEffect(() => void refreshShells().catch(() => {}), []);
  const submit = async (form: FormData): Promise<void> => saveProfile(draftOf(form, agent, color, profile), profile?.id);
  const isShell = agent === 'shell';
  return (
    <Form verb="Save" submit={submit} onClose={onClose} cancel="Back">
      <div class="fields">
        <Field label="Name">
          <input name="name" required maxLength={100} autocomplete="off" defaultValue={profile?.name} />
        </Field>
        <Field label="Agent">
          <select value={agent} onChange={(event) => setAgent(event.currentTarget.value)}>
            {agents.value.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Folder" optional>
          <input name="cwd" class="mono" autocomplete="off" spellcheck={false} defaultValue={profile?.cwd ?? ''} />
        </Field>
        {isShell ? <ShellField path={profile?.path ?? ''} /> : <ModelField model={profile?.model ?? ''} />}
      </div>
      <Field label={isShell ? 'Initial command' : 'Prompt'} optional>
        <textarea
          key={agent}
          name="words"
          rows={2}
          class={isShell ? 'mono' : ''}
          maxLength={isShell ? 8192 : 32_768}
          defaultValue={(isShell ? profile?.initialCommand : profile?.prompt) ?? ''}
        />
      </Field>
      <Field label="Environment" optional>
        <textarea
          name="env"
          rows={3}
          class="mono"
          spellcheck={false}
          placeholder="NAME=value"
          defaultValue={textOfVariables(profile?.env ?? {})}
        />
      </Field>
      <Field label="Tags" optional>
        <input name="tags" autocomplete="off" defaultValue={profile?.tags.join(', ')} />
      </Field>
      <ColorPicker chosen={color} onChoose={setColor} none="Any" />
    </Form>
  );
}

function ShellField({ path }: { path: string }): JSX.Element {
  return (
    <Field label="Shell">
      <select name="shell" defaultValue={path} key={shells.value.length}>
        <option value="">The server’s usual one</option>
        {shells.value.map((shell) => (
          <option key={shell.path} value={shell.path} selected={shell.path === path}>
            {shell.name}
          </option>
        ))}
      </select>
    </Field>
  );
}

function ModelField({ model }: { model: string }): JSX.Element {
  return (
    <Field label="Model" optional>
      <input name="model" class="mono" autocomplete="off" spellcheck={false} defaultValue={model} />
    </Field>
  );
}
