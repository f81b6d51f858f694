/** Chooses the colour a session is marked with. */
import type { JSX } from 'preact';

export const COLORS: [string, string][] = [
  ['#4a9eff', 'Blue'],
  ['#2dd4bf', 'Teal'],
  ['#4ade80', 'Green'],
  ['#fbbf24', 'Yellow'],
  ['#fb923c', 'Orange'],
  ['#f87171', 'Red'],
  ['#f472b6', 'Pink'],
  ['#c084fc', 'Violet'],
];

interface Props {
  chosen: string;
  onChoose: (color: string) => void;
  /** What choosing none is called; absent, one must be chosen. */
  none?: string;
}

export function ColorPicker({ chosen, onChoose, none }: Props): JSX.Element {
  const known = COLORS.some(([color]) => color === chosen);
  const all: [string, string][] = [...(chosen && !known ? [[chosen, 'As it is'] as [string, string]] : []), ...COLORS];
  return (
    <fieldset class="colors">
      <legend>Colour</legend>
      {none && <Choice color="" name={none} chosen={chosen} onChoose={onChoose} />}
      {all.map(([color, name]) => (
        <Choice key={color} color={color} name={name} chosen={chosen} onChoose={onChoose} />
      ))}
    </fieldset>
  );
}

function Choice(props: { color: string; name: string; chosen: string; onChoose: (color: string) => void }): JSX.Element {
  const { color, name, chosen, onChoose } = props;
  return (
    <label class={color ? 'color' : 'color color-none'} style={color ? { background: color } : undefined} title={name}>
      <input type="radio" name="color" value={color} checked={chosen === color} onChange={() => onChoose(color)} />
      <span class="visually-hidden">{name}</span>
    </label>
  );
}
