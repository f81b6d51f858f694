/** How a file's lines end, so that it is written back with the same ends. */

/** CRLF only where every line ends so; else a stray CR stays a character of its line. */
export function lineEnd(content: string): '\r\n' | '\n' {
  const ends = content.split('\n').length - 1;
  const returns = content.split('\r\n').length - 1;
  return ends > 0 && ends === returns && content.split('\r').length - 1 === returns ? '\r\n' : '\n';
}
