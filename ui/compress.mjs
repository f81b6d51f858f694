/** Writes .br and .gz beside every built file, so that the server never compresses; runs after `vite build`. */
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('../agterm/static/app/', import.meta.url));
const TEXT = new Set(['.js', '.css', '.svg', '.json', '.wasm']);
const WORTH_IT_BYTES = 512;

let files = 0;
let raw = 0;
let brotli = 0;
for (const entry of await readdir(ROOT, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !TEXT.has(extname(entry.name))) continue;
  const path = join(entry.parentPath, entry.name);
  const content = await readFile(path);
  if (content.length < WORTH_IT_BYTES) continue;
  const { atime, mtime } = await stat(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  const packed = { '.br': brotliCompressSync(content, quality), '.gz': gzipSync(content, { level: 9 }) };
  for (const [suffix, bytes] of Object.entries(packed)) {
    await writeFile(path + suffix, bytes);
    await utimes(path + suffix, atime, mtime); // the server sends the date of the file it opens
  }
  files += 1;
  raw += content.length;
  brotli += packed['.br'].length;
}
console.log(`compressed ${files} files: ${(raw / 1000).toFixed(0)} kB, ${(brotli / 1000).toFixed(0)} kB as brotli`);
