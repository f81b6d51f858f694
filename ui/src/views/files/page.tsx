/** A session's files: the tree on one side, what is opened on the other; where it is narrow, one at a time. */
import '../../editor/editor.css';
import './tree.css';
import './files.css';

import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { archiveUrl } from '../../api/files';
import { Icon } from '../../ui/icons';
import { Menu } from '../../ui/menu';
import { ContextMenu } from './context';
import { ask, FileDialogs } from './dialogs';
import { FilePanel } from './file';
import type { OpenedFile } from './opened';
import { QuickOpen } from './quick';
import { Finder } from './search';
import { OverwriteQuestion, Transfers } from './transfers';
import { receive, targetOf, Tree } from './tree';
import { sendAll } from './uploads';
import { showHidden, whenItMayHaveChanged, type Workspace, workspaceOf } from './workspace';

export function FilesView({ id }: { id: string }): JSX.Element {
  const of = useMemo(() => workspaceOf(id), [id]);
  const [quick, setQuick] = useState(false);
  const hidden = showHidden.value;
  useEffect(() => {
    void of.refresh();
    return whenItMayHaveChanged(id, () => void of.refresh());
  }, [of, hidden]);
  const keys = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (event.key === 'p') setQuick(true);
    else if (event.key === 's') void of.shown.value?.save();
    else return;
    event.preventDefault();
  };
  const paste = (event: ClipboardEvent): void => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    void receive(of, event.clipboardData, targetOf(of, of.current.value));
  };
  const shown = of.shown.value;
  return (
    <>
      <div class={shown ? 'files files-open' : 'files'} onKeyDown={keys}>
        <aside class="files-side" aria-label="Files of the session" onPaste={paste}>
          <Tools of={of} onQuick={() => setQuick(true)} />
          <Finder of={of}>
            {of.failure.value ? (
              <p class="tree-empty" role="alert">
                {of.failure.value}
              </p>
            ) : (
              <Tree of={of} />
            )}
          </Finder>
          <Transfers sessionId={id} />
        </aside>
        <div class="files-main">
          {of.files.value.length > 0 && <Tabs of={of} />}
          {shown ? <FilePanel key={shown.path} of={of} file={shown} /> : <Nothing onQuick={() => setQuick(true)} />}
        </div>
      </div>
      <ContextMenu of={of} />
      <FileDialogs of={of} />
      <OverwriteQuestion sessionId={id} />
      {quick && <QuickOpen of={of} onClose={() => setQuick(false)} />}
    </>
  );
}

function Tools({ of, onQuick }: { of: Workspace; onQuick: () => void }): JSX.Element {
  const chooser = useRef<HTMLInputElement>(null);
  const folder = (): string => targetOf(of, of.current.value);
  const upload = async (): Promise<void> => {
    const input = chooser.current;
    const sent = [...(input?.files ?? [])].map((file) => ({ path: file.name, file }));
    const target = folder();
    if (input) input.value = '';
    await sendAll(of.id, target, sent);
    await of.fetch(target);
  };
  return (
    <div class="files-tools" role="toolbar" aria-label="Files">
      <h2>Files</h2>
      <button type="button" class="icon-button icon-small" aria-label="New file" title="New file" onClick={() => ask(of, { what: 'file', in: folder() })}>
        <Icon name="plus" size={16} />
      </button>
      <button type="button" class="icon-button icon-small" aria-label="Upload files" title="Upload files" onClick={() => chooser.current?.click()}>
        <Icon name="upload" size={16} />
      </button>
      <button type="button" class="icon-button icon-small" aria-label="Look again" title="Look again" onClick={() => void of.refresh()}>
        <Icon name="restart" size={16} />
      </button>
      <input ref={chooser} type="file" multiple hidden aria-label="Files to upload" onChange={() => void upload()} />
      <Menu
        label="More for files"
        items={[
          { icon: 'search', text: 'Open by name (Ctrl+P)', act: onQuick },
          { icon: 'folder', text: 'New folder…', act: () => ask(of, { what: 'folder', in: folder() }) },
          {
            icon: 'eye',
            text: showHidden.value ? 'Don’t show hidden files' : 'Show hidden files',
            act: () => (showHidden.value = !showHidden.value),
          },
          { icon: 'download', text: 'Download all as zip', act: () => location.assign(archiveUrl(of.id, { path: of.root.value })) },
        ]}
      />
    </div>
  );
}

function Tabs({ of }: { of: Workspace }): JSX.Element {
  const close = (file: OpenedFile): void => {
    if (file.dirty.value) ask(of, { what: 'close', file });
    else of.closeFile(file);
  };
  return (
    <ul class="file-tabs" aria-label="Opened files">
      {of.files.value.map((file) => (
        <li key={file.path} class={file.path === of.active.value ? 'file-tab file-tab-on' : 'file-tab'}>
          <button
            type="button"
            class="file-tab-name"
            aria-current={file.path === of.active.value ? 'true' : undefined}
            title={file.path}
            onClick={() => (of.active.value = file.path)}
            onAuxClick={(event) => event.button === 1 && close(file)}
          >
            {file.name}
            {file.dirty.value && <span class="visually-hidden"> (not saved)</span>}
          </button>
          <button
            type="button"
            class={file.dirty.value ? 'file-tab-close file-tab-dirty' : 'file-tab-close'}
            aria-label={`Close ${file.name}`}
            onClick={() => close(file)}
          >
            <Icon name="close" size={13} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Nothing({ onQuick }: { onQuick: () => void }): JSX.Element {
  return (
    <div class="file-plain">
      <Icon name="file" size={30} />
      <p>Choose a file to look at or to edit.</p>
      <button type="button" class="button" onClick={onQuick}>
        Open by name <kbd>Ctrl+P</kbd>
      </button>
    </div>
  );
}
