/** What the pages of the settings have in common: a head, what went wrong, and rows. */
import './people.css';

import type { ComponentChildren, JSX } from 'preact';

interface Props {
  title: string;
  note: ComponentChildren;
  failure?: string;
  busy?: boolean;
  /** Beside the title. */
  tools?: ComponentChildren;
  children: ComponentChildren;
}

export function Frame({ title, note, failure, busy = false, tools, children }: Props): JSX.Element {
  return (
    <main class="page" aria-busy={busy}>
      <header class="page-head">
        <div class="page-title">
          <h1>{title}</h1>
          <p class="muted">{note}</p>
        </div>
        {tools}
      </header>
      {failure && (
        <p class="form-error people-failure" role="alert">
          {failure}
        </p>
      )}
      {busy && <p class="muted">Asking…</p>}
      {children}
    </main>
  );
}

interface LineProps {
  name: ComponentChildren;
  about: ComponentChildren;
  dim?: boolean;
  children?: ComponentChildren;
}

/** One row of a list: what it is, what there is to say of it, and what can be done. */
export function Line({ name, about, dim = false, children }: LineProps): JSX.Element {
  return (
    <li class={dim ? 'person person-off' : 'person'}>
      <div class="person-text">
        <span class="person-name">{name}</span>
        <span class="person-about">{about}</span>
      </div>
      {children}
    </li>
  );
}
