/** What is pasted or dropped onto a terminal comes here first; xterm itself would type it as it is. */
import { zoom } from './looks';
import { filesOf } from './pasting';

interface Takers {
  paste(text: string): void;
  send(files: File[]): void;
  /** Nothing may be put in. */
  isOff(): boolean;
}

export function takeIn(element: HTMLElement, { paste, send, isOff }: Takers): void {
  const mark = (isOver: boolean): boolean => element.classList.toggle('terminal-drop', isOver);
  element.addEventListener(
    'paste',
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (isOff()) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text) paste(text);
      else send(filesOf(event.clipboardData));
    },
    { capture: true },
  );
  element.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files') || isOff()) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    mark(true);
  });
  element.addEventListener('dragleave', () => mark(false));
  element.addEventListener('drop', (event) => {
    mark(false);
    const files = filesOf(event.dataTransfer);
    if (files.length === 0) return;
    event.preventDefault(); // else the browser leaves the page for the file
    if (!isOff()) send(files);
  });
  element.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault(); // Ctrl and the wheel make the letters larger, not the page
      event.stopPropagation();
      zoom(event.deltaY < 0 ? 1 : -1);
    },
    { capture: true, passive: false },
  );
}
