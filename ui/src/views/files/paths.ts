/** Paths and sizes as people read them. */

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path;
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '/';
export const joined = (folder: string, name: string): string => `${folder.replace(/\/$/, '')}/${name}`;

/** A path as seen from a folder above it; the whole path when it lies elsewhere. */
export function within(root: string, path: string): string {
  const start = `${root.replace(/\/$/, '')}/`;
  return path.startsWith(start) ? path.slice(start.length) : path;
}

export const isBelow = (folder: string, path: string): boolean => path === folder || within(folder, path) !== path;

/** A name for one thing in one folder; what is wrong with it, or nothing. */
export function faultOf(name: string): string {
  if (name.trim() === '') return 'Give it a name.';
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) return 'That is no name of a file.';
  return '';
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, size] of [['GB', 1e9], ['MB', 1e6], ['kB', 1e3]] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(bytes / size < 10 ? 1 : 0)} ${unit}`;
  }
  return '';
}

const PICTURES = /\.(png|jpe?g|gif|webp|avif|bmp|ico)$/i;
export const isPicture = (name: string): boolean => PICTURES.test(name);
