/** What a session may reach, in words, and where one chooses it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { user } from '../api/auth';
import { isolation } from '../api/isolation';
import type { Box, Network } from '../api/types';
import { Field } from '../ui/form';

const CHOICES: Record<Network, string> = {
  none: 'Nothing',
  gateway: 'Model providers only',
  proxy: 'The public internet, by a proxy',
  open: 'All that the machine reaches',
};

/** Who is free to choose `open`: administrators, and everybody where it is the default. */
export function mayOpen(usual: Network, role: string | undefined): boolean {
  return usual === 'open' || role === 'admin';
}

export function networkText({ level, network, allow }: Box): string {
  if (network === null) return '';
  if (network === 'open') return 'It reaches all that the machine reaches, private networks included.';
  if (level === 'none') return 'It is told which way to take to the network, but nothing holds it to that.';
  if (network === 'none') return 'It reaches nothing.';
  if (network === 'gateway') return 'It reaches the model providers through AGTerm’s door, and nothing else.';
  const where = allow.length > 0 ? `only ${allow.join(', ')}` : 'the public internet, and no private address';
  return `It reaches the model providers through AGTerm’s door, and through AGTerm’s proxy ${where}.`;
}

export function NetworkChoice({ wrong }: { wrong?: string | undefined }): JSX.Element {
  const usual = isolation.value?.network.default ?? 'proxy';
  const [chosen, choose] = useState('');
  return (
    <>
      <Field label="Network">
        <select name="network" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {(Object.keys(CHOICES) as Network[]).map((network) => (
            <option
              key={network}
              value={network === usual ? '' : network}
              disabled={network === 'open' && !mayOpen(usual, user.value?.role)}
            >
              {CHOICES[network]}
              {network === usual && ' (default)'}
            </option>
          ))}
        </select>
      </Field>
      {(chosen || usual) === 'proxy' && (
        <Field label="Only these hosts" optional wrong={wrong}>
          <input name="hosts" autocomplete="off" spellcheck={false} class="mono" placeholder="github.com, *.example.org" />
        </Field>
      )}
    </>
  );
}
