/** Who may come in: for administrators. Users are made, given a role, let in by a link, locked out. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

import { user } from '../../api/auth';
import { explain } from '../../api/client';
import { changePerson, createPerson, linkFor, people, type Person, type Role } from '../../api/people';
import { now } from '../../api/sessions';
import { Dialog } from '../../ui/dialog';
import { Field, Form, textOf } from '../../ui/form';
import { Icon } from '../../ui/icons';
import { Menu, type MenuItem } from '../../ui/menu';
import { Once } from '../../ui/once';
import { ago } from '../../ui/time';
import { Frame, Line } from './frame';
import { type Leaving, LockOut, running } from './lock-out';
import { useAsked } from './use-list';
import { ROLES } from './words';

const ALL_ROLES = Object.keys(ROLES) as Role[];

async function everybody(): Promise<Person[]> {
  const all: Person[] = [];
  let cursor: string | null = null;
  do {
    const page = await people(cursor);
    all.push(...page.users);
    cursor = page.nextCursor;
  } while (cursor !== null && all.length < 2000);
  return all;
}

export function UsersPage(): JSX.Element {
  const { found, failure, again, after } = useAsked('People', everybody);
  const making = useSignal(false);
  const link = useSignal<{ of: string; url: string } | null>(null);
  const leaving = useSignal<{ id: number; how: Leaving } | null>(null);
  const list = found.value;
  const leaver = list?.find((one) => one.id === leaving.value?.id);
  const active = list?.filter((one) => one.isActive).length ?? 0;
  const giveLink = (one: Person): void => {
    linkFor(one.id).then(
      (url) => (link.value = { of: one.username, url }),
      (error: unknown) => (failure.value = explain(error)),
    );
  };
  const ask = (id: number, how: Leaving): void => {
    leaving.value = { id, how };
    void again(); // what runs may have changed since the list was shown
  };
  const left = async (problem: string): Promise<void> => {
    failure.value = problem;
    await again();
  };
  return (
    <Frame
      title="People"
      note={list ? `${active} may come in${list.length > active ? `, ${list.length - active} are locked out` : ''}.` : ' '}
      failure={failure.value}
      busy={!list && !failure.value}
      tools={
        <button type="button" class="button button-primary" onClick={() => (making.value = true)}>
          <Icon name="plus" /> New user
        </button>
      }
    >
      {list && (
        <ul class="rows" aria-label="Users">
          {list.map((one) => (
            <UserLine
              key={one.id}
              one={one}
              onChange={(to) => void after(changePerson(one.id, to))}
              onLink={() => giveLink(one)}
              onLeave={(how) => ask(one.id, how)}
            />
          ))}
        </ul>
      )}
      {making.value && <NewUser onMade={again} onLink={(made) => (link.value = made)} onClose={() => (making.value = false)} />}
      {link.value && (
        <Dialog title={`Let ${link.value.of} in`} wide onClose={() => (link.value = null)}>
          <div class="dialog-text">
            <Once label="Log-in link" text={link.value.url} note="It lets them in once, within five minutes. They can set a password then." />
          </div>
          <footer class="dialog-foot">
            <button type="button" class="button" onClick={() => (link.value = null)}>
              Done
            </button>
          </footer>
        </Dialog>
      )}
      {leaver && leaving.value && <LockOut one={leaver} how={leaving.value.how} onDone={left} onClose={() => (leaving.value = null)} />}
    </Frame>
  );
}

interface LineProps {
  one: Person;
  onChange: (to: { role?: Role; isActive?: boolean }) => void;
  onLink: () => void;
  onLeave: (how: Leaving) => void;
}

function UserLine({ one, onChange, onLink, onLeave }: LineProps): JSX.Element {
  const isMe = one.username === user.value?.username;
  const roles: MenuItem[] = ALL_ROLES.filter((role) => role !== one.role).map((role) => ({
    icon: 'people',
    text: `Make ${role === 'admin' ? 'an administrator' : `a ${role}`}`,
    act: () => onChange({ role }),
  }));
  const remove: MenuItem = { icon: 'trash', text: 'Delete…', act: () => onLeave('delete'), danger: true };
  const stop: MenuItem = { icon: 'stop', text: 'Stop sessions…', act: () => onLeave('stop'), danger: true };
  const items: MenuItem[] = one.isActive
    ? [
        { icon: 'key', text: 'Log-in link', act: onLink },
        ...roles,
        { icon: 'stop', text: 'Lock out…', act: () => onLeave('lock out'), danger: true },
        remove,
      ]
    : [
        { icon: 'check', text: 'Let in again', act: () => onChange({ isActive: true }) },
        ...(one.liveSessions > 0 ? [stop] : []),
        remove,
      ];
  return (
    <Line
      dim={!one.isActive}
      name={
        <>
          {one.username}
          <span class={one.role === 'admin' ? 'badge badge-ok' : 'badge'}>{ROLES[one.role][0]}</span>
          {isMe && <span class="badge">You</span>}
          {!one.isActive && <span class="badge badge-danger">Locked out</span>}
        </>
      }
      about={[
        one.lastLoginAt ? `Last logged in ${ago(one.lastLoginAt, now.value)}` : 'Never logged in',
        ...(one.hasPassword ? [] : ['no password']),
        ...(one.liveSessions > 0 ? [running(one.liveSessions)] : []),
        `here since ${new Date(one.createdAt).toLocaleDateString()}`,
      ].join(' · ')}
    >
      <Menu label={`Actions for ${one.username}`} items={items} />
    </Line>
  );
}

interface NewProps {
  onMade: () => Promise<void>;
  onLink: (made: { of: string; url: string }) => void;
  onClose: () => void;
}

function NewUser({ onMade, onLink, onClose }: NewProps): JSX.Element {
  const role = useSignal<Role>('member');
  const make = async (form: FormData): Promise<void> => {
    const username = textOf(form, 'username');
    const password = String(form.get('password') ?? '');
    const { loginLink } = await createPerson({ username, role: role.value, ...(password && { password }) });
    if (loginLink) onLink({ of: username, url: loginLink });
    await onMade();
  };
  return (
    <Dialog title="New user" onClose={onClose}>
      <Form verb="Make the user" submit={make} onClose={onClose}>
        <Field label="User name">
          <input name="username" required maxLength={150} autocomplete="off" autocapitalize="none" spellcheck={false} />
        </Field>
        <fieldset class="scopes">
          <legend>Role</legend>
          {ALL_ROLES.map((one) => (
            <label key={one} class="check">
              <input type="radio" name="role" checked={role.value === one} onChange={() => (role.value = one)} />
              <span>
                {ROLES[one][0]}
                <small>{`${ROLES[one][1][0]?.toUpperCase()}${ROLES[one][1].slice(1)}.`}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label="Password" optional>
          <input name="password" type="password" autocomplete="new-password" minLength={8} placeholder="Without one you get a link for them" />
        </Field>
      </Form>
    </Dialog>
  );
}
