/** Makes xterm deaf to questions: the server answers them, once, however many pages are open. */
import type { IParser } from '@xterm/xterm';

const swallow = (): boolean => true;
/** A colour is asked for with a question mark; setting one must go through. */
const swallowQuestion = (data: string): boolean => data.includes('?');

export function swallowQueries(parser: IParser): void {
  for (const id of [
    { final: 'c' }, // DA1
    { prefix: '>', final: 'c' }, // DA2
    { prefix: '=', final: 'c' }, // DA3
    { final: 'n' }, // DSR: status, cursor position
    { prefix: '?', final: 'n' }, // DSR, DEC's own; colour scheme
    { intermediates: '$', final: 'p' }, // DECRQM, ANSI modes
    { prefix: '?', intermediates: '$', final: 'p' }, // DECRQM, DEC modes
    { prefix: '>', final: 'q' }, // XTVERSION
    { prefix: '?', final: 'u' }, // kitty keyboard flags
    { final: 't' }, // window sizes and titles
    { prefix: '?', final: 'S' }, // XTSMGRAPHICS
  ]) {
    parser.registerCsiHandler(id, swallow);
  }
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow); // DECRQSS
  parser.registerDcsHandler({ intermediates: '+', final: 'q' }, swallow); // XTGETTCAP
  for (const osc of [4, 10, 11, 12]) parser.registerOscHandler(osc, swallowQuestion);
}
