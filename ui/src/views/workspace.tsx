/** Where a new session works: in a workspace of its own, in a folder of the server, or in a repository. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Launch } from '../api/sessions';
import { Field, textOf } from '../ui/form';
import { FolderInput } from './folder';

const CHOICES = [
  ['folder', 'Folder'],
  ['url', 'Git address'],
  ['path', 'Git folder here'],
] as const;
type Choice = (typeof CHOICES)[number][0];

/** What the form says of it. */
export function workspaceOf(form: FormData): Pick<Launch, 'cwd' | 'repo'> {
  const [cwd, url, path] = [textOf(form, 'cwd'), textOf(form, 'repo-url'), textOf(form, 'repo-path')];
  const branch = textOf(form, 'branch');
  const how = { ...(branch && { branch }), ...(form.has('worktree') && { worktree: true }) };
  if (url) return { repo: { url, ...how } };
  if (path) return { repo: { path: path.length > 1 ? path.replace(/\/$/, '') : path, ...how } };
  return cwd ? { cwd } : {};
}

interface Props {
  usual: string | null;
  wrong: Record<string, string>;
}

export function Workspace({ usual, wrong }: Props): JSX.Element {
  const [choice, choose] = useState<Choice>('folder');
  return (
    <div class="workspace">
      <div class="segments" role="group" aria-label="Workspace">
        {CHOICES.map(([id, text]) => (
          <button key={id} type="button" class="segment" aria-pressed={choice === id} onClick={() => choose(id)}>
            {text}
          </button>
        ))}
      </div>
      {choice === 'folder' && (
        <Field label="Folder" optional wrong={wrong.cwd}>
          <FolderInput name="cwd" placeholder={usual ?? 'A new, empty workspace'} />
        </Field>
      )}
      {choice === 'url' && (
        <Field label="Address" wrong={wrong['repo.url'] ?? wrong.repo}>
          <input
            name="repo-url"
            type="url"
            class="mono"
            required
            pattern="https?://.+"
            autocomplete="off"
            spellcheck={false}
            placeholder="https://github.com/owner/project.git"
          />
        </Field>
      )}
      {choice === 'path' && (
        <Field label="Where it lies" wrong={wrong['repo.path'] ?? wrong.repo}>
          <FolderInput name="repo-path" placeholder="/srv/projects/website" required />
        </Field>
      )}
      {choice !== 'folder' && <Branch key={choice} isLocal={choice === 'path'} wrong={wrong['repo.branch']} />}
    </div>
  );
}

function Branch({ isLocal, wrong }: { isLocal: boolean; wrong: string | undefined }): JSX.Element {
  return (
    <div class="fields">
      <Field label="Branch" optional wrong={wrong}>
        <input name="branch" class="mono" maxLength={200} autocomplete="off" spellcheck={false} placeholder="As it is there" />
      </Field>
      <label class="check">
        <input type="checkbox" name="worktree" defaultChecked={isLocal} />
        <span>
          On a branch of its own
          <small>{isLocal ? 'A worktree: it shares the history, and leaves the source as it is.' : 'It is made if it is not there.'}</small>
        </span>
      </label>
    </div>
  );
}
