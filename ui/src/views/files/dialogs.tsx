/** What is asked before something is made, renamed, moved, deleted or closed. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';

import { type Entry, erase, makeFolder, rename, write } from '../../api/files';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Field, Form, textOf } from '../../ui/form';
import type { OpenedFile } from './opened';
import { baseName, faultOf, folderOf, joined, within } from './paths';
import type { Workspace } from './workspace';

export type Asked =
  | { what: 'file' | 'folder'; in: string }
  | { what: 'rename' | 'delete'; entry: Entry }
  | { what: 'close'; file: OpenedFile };

export const asked = signal<{ of: Workspace; it: Asked } | null>(null);
export const ask = (of: Workspace, it: Asked): void => {
  asked.value = { of, it };
};
const close = (): void => {
  asked.value = null;
};

export function FileDialogs({ of }: { of: Workspace }): JSX.Element | null {
  const question = asked.value;
  if (question?.of !== of) return null;
  const { it } = question;
  switch (it.what) {
    case 'file':
    case 'folder':
      return <Make of={of} what={it.what} folder={it.in} />;
    case 'rename':
      return <Rename of={of} entry={it.entry} />;
    case 'delete':
      return <Delete of={of} entry={it.entry} />;
    case 'close':
      return <CloseUnsaved of={of} file={it.file} />;
  }
}

function named(form: FormData): string {
  const name = textOf(form, 'name');
  const fault = faultOf(name);
  if (fault) throw new Error(fault);
  return name;
}

function Name({ value = '', label }: { value?: string; label: string }): JSX.Element {
  const selectStem = (event: FocusEvent): void => {
    const dot = value.lastIndexOf('.');
    (event.currentTarget as HTMLInputElement).setSelectionRange(0, dot > 0 ? dot : value.length);
  };
  return (
    <Field label={label}>
      <input name="name" class="mono" autocomplete="off" spellcheck={false} autofocus value={value} onFocus={selectStem} />
    </Field>
  );
}

function Where({ of, folder }: { of: Workspace; folder: string }): JSX.Element {
  const below = within(of.root.value, folder);
  return <p class="path">in {folder === of.root.value ? 'the workspace' : below}</p>;
}

function Make({ of, what, folder }: { of: Workspace; what: 'file' | 'folder'; folder: string }): JSX.Element {
  const make = async (form: FormData): Promise<void> => {
    const path = joined(folder, named(form));
    if (what === 'folder') await makeFolder(of.id, path);
    else await write(of.id, { path }, '', null);
    await of.fetch(of.root.value);
    await of.reveal(path);
    if (folderOf(path) !== of.root.value) await of.fetch(folderOf(path));
    if (what === 'file') of.openFile({ path });
  };
  return (
    <Dialog title={what === 'file' ? 'New file' : 'New folder'} onClose={close}>
      <Form verb="Create" submit={make} onClose={close}>
        <Name label="Name" />
        <Where of={of} folder={folder} />
      </Form>
    </Dialog>
  );
}

function Rename({ of, entry }: { of: Workspace; entry: Entry }): JSX.Element {
  const folder = folderOf(entry.path);
  const move = async (form: FormData): Promise<void> => {
    const target = joined(folder, named(form));
    if (target === entry.path) return;
    await rename(of.id, entry, target);
    const wasOpen = of.files.value.some((file) => file.path === entry.path);
    of.forget(entry.path);
    await of.fetch(folder);
    await of.reveal(target);
    if (wasOpen) of.openFile({ path: target });
  };
  const unsaved = of.files.value.some((file) => file.dirty.value && file.path.startsWith(entry.path));
  return (
    <Dialog title={`Rename ${entry.name}`} onClose={close}>
      <Form verb="Rename" submit={move} onClose={close} ready={!unsaved} failure={unsaved ? 'Save what you have changed in it first.' : ''}>
        <Name label="New name" value={entry.name} />
        <Where of={of} folder={folder} />
      </Form>
    </Dialog>
  );
}

function Delete({ of, entry }: { of: Workspace; entry: Entry }): JSX.Element {
  const isFolder = entry.type === 'directory';
  const act = async (): Promise<void> => {
    await erase(of.id, entry, isFolder);
    of.forget(entry.path);
    of.current.value = '';
    await of.fetch(folderOf(entry.path));
  };
  return (
    <Confirm title={`Delete ${entry.name}?`} verb="Delete" action={act} onClose={close}>
      <p>{isFolder ? 'The folder goes with everything in it.' : 'The file is gone for good.'} There is no way back.</p>
      <p class="path">{within(of.root.value, entry.path)}</p>
    </Confirm>
  );
}

function CloseUnsaved({ of, file }: { of: Workspace; file: OpenedFile }): JSX.Element {
  const drop = (): void => {
    of.closeFile(file);
    close();
  };
  const save = async (): Promise<void> => {
    if (await file.save()) of.closeFile(file);
    close();
  };
  return (
    <Dialog title="Save your changes?" onClose={close}>
      <div class="dialog-text">
        <p>
          <b>{baseName(file.path)}</b> has changes that are not saved.
        </p>
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={drop}>
          Don’t save
        </button>
        <button type="button" class="button button-primary" onClick={() => void save()}>
          Save
        </button>
      </footer>
    </Dialog>
  );
}
