/** One opened file: its text in the editor, a picture, or why neither can be shown. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { downloadUrl } from '../../api/files';
import { Icon } from '../../ui/icons';
import { Menu, type MenuItem } from '../../ui/menu';
import { ConflictDialog } from './conflict';
import type { OpenedFile } from './opened';
import { sizeText, within } from './paths';
import type { Workspace } from './workspace';

export function FilePanel({ of, file }: { of: Workspace; file: OpenedFile }): JSX.Element {
  const conflict = file.conflict.value;
  return (
    <section class="file" aria-label={file.name}>
      <FileHead of={of} file={file} />
      {file.cut.value && file.kind.value === 'text' && (
        <p class="file-note">
          Too large to be edited here: this is the first megabyte. <a class="link" href={downloadUrl(file.sessionId, file.at)} download>Download it</a>
        </p>
      )}
      {conflict && !conflict.asks && (
        <p class="file-note file-warn" role="status">
          {conflict.theirs ? 'Somebody has changed it on the disk meanwhile.' : 'It is no longer on the disk.'}{' '}
          <button type="button" class="link" onClick={() => (file.conflict.value = { ...conflict, asks: true })}>
            Compare
          </button>
        </p>
      )}
      <Body file={file} />
      {conflict?.asks && <ConflictDialog key={conflict.theirs?.etag ?? ''} file={file} theirs={conflict.theirs} />}
    </section>
  );
}

function FileHead({ of, file }: { of: Workspace; file: OpenedFile }): JSX.Element {
  const isText = file.kind.value === 'text' && !file.cut.value;
  const items: MenuItem[] = [
    ...(file.kind.value === 'text'
      ? [{ icon: 'swap' as const, text: file.wraps.value ? 'Don’t wrap lines' : 'Wrap long lines', act: () => file.wrap() }]
      : []),
    { icon: 'restart', text: 'Look at the disk again', act: () => void file.look() },
    { icon: 'folder', text: 'Show in the tree', act: () => void of.reveal(file.path) },
  ];
  return (
    <header class="file-head">
      <button type="button" class="icon-button file-back" aria-label="All files" onClick={() => (of.active.value = '')}>
        <Icon name="back" />
      </button>
      <span class="file-path" title={file.path}>
        {within(of.root.value, file.path)}
      </span>
      {file.size.value > 0 && <span class="file-size">{sizeText(file.size.value)}</span>}
      {isText && (
        <button
          type="button"
          class={file.dirty.value ? 'button button-small button-primary' : 'button button-small'}
          title="Save (Ctrl+S)"
          disabled={!file.dirty.value || file.saving.value}
          onClick={() => void file.save()}
        >
          Save
        </button>
      )}
      <a class="icon-button icon-small" aria-label="Download" title="Download" href={downloadUrl(file.sessionId, file.at)} download>
        <Icon name="download" size={16} />
      </a>
      <Menu label="More for this file" items={items} />
    </header>
  );
}

function Body({ file }: { file: OpenedFile }): JSX.Element {
  switch (file.kind.value) {
    case 'loading':
      return <div class="file-plain" aria-busy="true" />;
    case 'text':
      return <Code key={file.path} file={file} />;
    case 'picture':
      return <Picture file={file} />;
    case 'binary':
      return (
        <div class="file-plain">
          <Icon name="file" size={30} />
          <p>This is no text{file.size.value ? `: ${sizeText(file.size.value)} of other bytes` : ''}.</p>
          <a class="button" href={downloadUrl(file.sessionId, file.at)} download>
            <Icon name="download" size={16} /> Download
          </a>
        </div>
      );
    case 'failed':
      return (
        <div class="file-plain" role="alert">
          <Icon name="warning" size={30} />
          <p>{file.failure.value}</p>
          <button type="button" class="button" onClick={() => void file.load()}>
            Try again
          </button>
        </div>
      );
  }
}

function Code({ file }: { file: OpenedFile }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { editor } = file;
    if (place.current) editor?.show(place.current);
    return () => editor?.hide();
  }, [file]);
  useEffect(() => file.shown(), [file]);
  return <div ref={place} class="code" />;
}

function Picture({ file }: { file: OpenedFile }): JSX.Element {
  const [facts, setFacts] = useState('');
  const [isBroken, setBroken] = useState(false);
  if (isBroken) return <div class="file-plain" role="alert">The picture can’t be shown.</div>;
  return (
    <div class="picture">
      <img
        src={downloadUrl(file.sessionId, file.at)}
        alt={file.name}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setFacts(`${naturalWidth} × ${naturalHeight}`)}
        onError={() => setBroken(true)}
      />
      <p class="muted">{facts}</p>
    </div>
  );
}
