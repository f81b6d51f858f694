/** The number of those that wait, in the tab's title and on its icon. */
import { effect } from '@preact/signals';

import { byCount } from './preferences';
import { held } from './queue';

const MARK = /^\(\d+\) /;
const SIZE = 64;

/** The title as it should be; pages set theirs without the number. */
export const titled = (title: string, count: number): string => `${count > 0 ? `(${count}) ` : ''}${title.replace(MARK, '')}`;

const icon = (): HTMLLinkElement | null => document.querySelector<HTMLLinkElement>('link[rel=icon]');

function draw(count: number): string {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext('2d');
  if (!pen) return '';
  const color = (name: string): string => {
    canvas.style.color = `var(${name})`;
    return getComputedStyle(canvas).color;
  };
  document.body.append(canvas); // only there has it the page's colours
  pen.fillStyle = color('--accent');
  pen.beginPath();
  pen.roundRect(0, 0, SIZE, SIZE, 16);
  pen.fill();
  pen.strokeStyle = 'white';
  pen.lineWidth = 5.5;
  pen.lineCap = pen.lineJoin = 'round';
  pen.stroke(new Path2D('M14 20l13 12-13 12'));
  pen.fillStyle = color('--danger-fill');
  pen.beginPath();
  pen.arc(44, 44, 20, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = 'white';
  pen.font = 'bold 28px sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(count > 9 ? '9+' : String(count), 44, 46);
  canvas.remove();
  return canvas.toDataURL('image/png');
}

/** Keeps both right until the returned function is called. */
export function showCount(): () => void {
  const usual = icon()?.getAttribute('href') ?? '';
  let count = 0;
  const title = (): void => {
    const wanted = titled(document.title, count);
    if (document.title !== wanted) document.title = wanted;
  };
  const observer = new MutationObserver(title);
  observer.observe(document.head, { subtree: true, childList: true, characterData: true });
  const show = (next: number): void => {
    if (next === count) return;
    count = next;
    title();
    const link = icon();
    if (link) {
      link.type = count > 0 ? 'image/png' : 'image/svg+xml';
      link.href = (count > 0 && draw(count)) || usual;
    }
    const app = navigator as Navigator & { setAppBadge?: (count: number) => Promise<void> };
    void app.setAppBadge?.(count).catch(() => {});
  };
  const stop = effect(() => show(byCount.value ? held.value.length : 0));
  return () => {
    stop();
    show(0);
    observer.disconnect();
  };
}
