/** The dialog of profiles: seen, made, changed, deleted, and one of them made the default. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { explain } from '../api/client';
import { deleteProfile, profiles, refreshProfiles, setDefaultProfile } from '../api/profiles';
import { agentsById } from '../api/sessions';
import type { Profile } from '../api/types';
import { Dialog } from '../ui/dialog';
import { AgentTile, Icon } from '../ui/icons';
import { Menu, type MenuItem } from '../ui/menu';
import { toast } from '../ui/toast';
import { ProfileForm } from './profile-form';

export function Profiles({ onClose }: { onClose: () => void }): JSX.Element {
  const editing = useSignal<Profile | 'new' | null>(null);
  useEffect(() => void refreshProfiles().catch(complain), []);
  const edited = editing.value;
  const title = edited === null ? 'Profiles' : edited === 'new' ? 'New profile' : 'Edit profile';
  return (
    <Dialog title={title} onClose={onClose} wide>
      {edited ? (
        <ProfileForm profile={edited === 'new' ? null : edited} onClose={() => (editing.value = null)} />
      ) : (
        <ProfileList onEdit={(profile) => (editing.value = profile)} />
      )}
    </Dialog>
  );
}

function complain(error: unknown): void {
  toast(explain(error), 'danger');
}

function ProfileList({ onEdit }: { onEdit: (profile: Profile | 'new') => void }): JSX.Element {
  return (
    <div class="profiles">
      <p class="muted">A profile is a named way to start a session. The default is offered first.</p>
      <ul class="profile-rows">
        {(profiles.value ?? []).map((profile) => (
          <Row key={profile.id} profile={profile} onEdit={() => onEdit(profile)} />
        ))}
      </ul>
      <footer class="dialog-foot">
        <button type="button" class="button button-primary" onClick={() => onEdit('new')}>
          <Icon name="plus" /> New profile
        </button>
      </footer>
    </div>
  );
}

function Row({ profile, onEdit }: { profile: Profile; onEdit: () => void }): JSX.Element {
  const agent = agentsById.value.get(profile.agent);
  const about = profile.isCustom ? (agent?.name ?? profile.agent) : `Shell of this machine · ${profile.path}`;
  const items: MenuItem[] = [
    {
      icon: 'star',
      text: profile.isDefault ? 'No longer the default' : 'Make it the default',
      act: () => void setDefaultProfile(profile.id, !profile.isDefault).catch(complain),
    },
  ];
  if (profile.isCustom) {
    items.unshift({ icon: 'edit', text: 'Edit…', act: onEdit });
    const act = (): void => void deleteProfile(profile.id).catch(complain);
    items.push({ icon: 'trash', text: 'Delete', act, danger: true });
  }
  return (
    <li class="profile-row">
      <AgentTile small id={agent?.icon ?? profile.agent} name={agent?.name} color={profile.color ?? agent?.color} />
      <span class="row-main">
        <span class="row-name">{profile.name}</span>
        <span class="row-sub profile-about">{about}</span>
      </span>
      {profile.isDefault && <span class="badge">Default</span>}
      <Menu label={`Actions for ${profile.name}`} items={items} />
    </li>
  );
}
