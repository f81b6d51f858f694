/** Two versions of a file: the one on the disk beside the one that was typed here, and what shall become of them. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Contents } from '../../api/files';
import type { Comparing } from '../../editor/compare';
import { Dialog } from '../../ui/dialog';
import type { OpenedFile } from './opened';

const TWO_COLUMNS = 720;

export function ConflictDialog({ file, theirs }: { file: OpenedFile; theirs: Contents | null }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const comparing = useRef<Comparing | null>(null);
  const [busy, setBusy] = useState(false);
  const isText = theirs?.encoding === 'utf-8';
  const later = (): void => {
    if (file.conflict.value) file.conflict.value = { theirs, asks: false };
  };
  useEffect(() => {
    let gone = false;
    void import('../../editor/compare').then(async ({ compare }) => {
      if (gone || !place.current || !isText) return;
      const narrow = window.innerWidth < TWO_COLUMNS;
      const mine = file.editor?.content ?? '';
      const made = await compare({ parent: place.current, name: file.name, theirs: theirs.content, mine, narrow });
      if (gone) made.destroy();
      else comparing.current = made;
    });
    return () => {
      gone = true;
      comparing.current?.destroy();
    };
  }, []);
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    await work();
    setBusy(false);
  };
  return (
    <Dialog title={theirs ? `${file.name} was changed meanwhile` : `${file.name} is gone`} wide onClose={later}>
      <div class="dialog-text conflict">
        {theirs ? (
          <p>
            {isText ? 'On the disk on the left, yours on the right. You can take pieces over, or edit yours.' : 'What is on the disk is no text any more.'}
          </p>
        ) : (
          <p>It was deleted or moved. Saving makes it anew.</p>
        )}
        {isText && <div ref={place} class="code comparing" />}
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={later}>
          Later
        </button>
        {theirs && (
          <button type="button" class="button" disabled={busy} onClick={() => void act(() => file.reload())}>
            Take the disk’s
          </button>
        )}
        <button
          type="button"
          class="button button-primary"
          disabled={busy}
          onClick={() => void act(() => file.save(true, comparing.current?.content() ?? file.editor?.content))}
        >
          Save mine
        </button>
      </footer>
    </Dialog>
  );
}
