/** Puts the player of recordings, with its style and its license, beside the built page; the server copies it into exports. */
import { copyFile, mkdir } from 'node:fs/promises';

const FROM = new URL('./node_modules/asciinema-player/', import.meta.url);
const TO = new URL('../agterm/static/app/player/', import.meta.url);

await mkdir(TO, { recursive: true });
for (const [path, name] of [
  ['dist/bundle/asciinema-player.min.js', 'player.js'],
  ['dist/bundle/asciinema-player.css', 'player.css'],
  ['LICENSE', 'LICENSE'],
]) {
  await copyFile(new URL(path, FROM), new URL(name, TO));
}
console.log('copied the player of recordings');
