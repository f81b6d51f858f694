/** The dialog that starts a session: from a profile or from an agent, where it works, and with what it begins. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { ApiError, explain } from '../api/client';
import { refreshIsolation } from '../api/isolation';
import { type ProfileDraft, profiles, refreshProfiles, refreshShells, saveProfile, shells } from '../api/profiles';
import { agentsById, create, refreshAgents, type Launch } from '../api/sessions';
import type { Network, Profile } from '../api/types';
import { capital } from '../budget-text';
import { go, sessionPath } from '../router';
import { expectedSize } from '../term/metrics';
import { ColorPicker } from '../ui/colors';
import { Dialog } from '../ui/dialog';
import { Field, Form, tagsOf, textOf } from '../ui/form';
import { AgentPicker, firstStartable } from './agents';
import { ModelChoice } from './models';
import { NetworkChoice } from './network';
import { Workspace, workspaceOf } from './workspace';

const LAST_AGENT = 'agterm.lastAgent';

/** What is sent: what was typed, over what the profile says. */
export function launchOf(form: FormData, agent: string, profile: Profile | null, color: string): Launch {
  const words = textOf(form, 'words');
  const texts = { name: textOf(form, 'name'), shell: textOf(form, 'shell'), color };
  const model = { provider: textOf(form, 'provider'), model: textOf(form, 'model') || textOf(form, 'other-model') };
  const network = textOf(form, 'network') as Network | '';
  const limitUsd = textOf(form, 'budget').replace(/^\$/, '');
  const [tags, hosts] = [tagsOf(textOf(form, 'tags')), tagsOf(textOf(form, 'hosts'))];
  return {
    ...(profile ? { profile: profile.id } : { agent }),
    ...Object.fromEntries(Object.entries({ ...texts, ...model }).filter(([, text]) => text !== '')),
    ...workspaceOf(form),
    ...(tags.length > 0 && { tags }),
    ...(network !== '' && { network }),
    ...(hosts.length > 0 && { networkAllow: hosts }),
    ...(limitUsd !== '' && { budget: { limitUsd } }),
    ...(form.has('record') && { record: true }),
    ...(form.has('unsearchable') && { searchable: false }),
    ...(words !== '' && (agent === 'shell' ? { initialCommand: words } : { prompt: words })),
  };
}

/** The same as a profile, but for what is of this one session alone. */
export function profileOf(name: string, launch: Launch, agent: string): ProfileDraft {
  const { cwd, provider, model, initialCommand, prompt, color, tags, shell } = launch;
  const kept = { cwd, provider, model, initialCommand, prompt, color, tags, path: shell };
  return { name, agent, ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) };
}

const FIELDS = ['name', 'cwd', 'repo.url', 'repo.path', 'repo.branch', 'repo', 'budget', 'tags', 'networkAllow', 'model'];

/** Which field a refusal is about, and the words for it; null when it is about none that the form shows. */
export function refusedField(error: unknown): [string, string] | null {
  if (!(error instanceof ApiError) || error.status !== 400) return null;
  const [first] = (error.details.fields as { field: string; message: string }[] | undefined) ?? [];
  const said = first?.message ?? error.message;
  const named = first?.field ?? /^[a-zA-Z.]+/.exec(error.message)?.[0] ?? '';
  const field = FIELDS.find((known) => named === known || named.startsWith(`${known}.`));
  return field ? [field, capital(said.replace(new RegExp(`^${field}: `), ''))] : null;
}

interface Props {
  agent?: string;
  /** The id of the profile to begin with. */
  profile?: string;
  onClose: () => void;
}

export function Launcher({ agent: wanted, profile: wantedProfile, onClose }: Props): JSX.Element {
  const [picked, setPicked] = useState(wanted ?? '');
  const [from, setFrom] = useState<string | null>(wantedProfile ?? (wanted ? '' : null)); // null: not chosen yet, so the default
  const [loggingIn, setLoggingIn] = useState('');
  const [color, setColor] = useState('');
  const [failure, setFailure] = useState('');
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const own = (profiles.value ?? []).filter((profile) => profile.isCustom || profile.isDefault);
  const profile = own.find((one) => (from === null ? one.isDefault : one.id === from)) ?? null;
  const chosen = profile?.agent ?? (picked || firstStartable(localStorage.getItem(LAST_AGENT) ?? undefined));
  useEffect(() => {
    const fail = (error: unknown): void => setFailure(explain(error));
    void Promise.all([refreshAgents(), refreshProfiles(), refreshShells(), refreshIsolation()]).catch(fail);
  }, []);
  const submit = async (form: FormData): Promise<void> => {
    setWrong({});
    const launch = launchOf(form, chosen, profile, color);
    const keptAs = textOf(form, 'keep-as');
    try {
      if (keptAs) await saveProfile(profileOf(keptAs, launch, chosen));
      const login = !profile && loggingIn === chosen ? { credentials: 'subscription' as const } : {};
      const session = await create({ ...launch, ...login, ...expectedSize() });
      if (!profile) localStorage.setItem(LAST_AGENT, chosen);
      go(sessionPath(session.id));
    } catch (error) {
      const refused = refusedField(error);
      if (!refused) throw error;
      setWrong({ [refused[0]]: refused[1] });
      throw new Error('', { cause: error }); // said where the field is
    }
  };
  const logIn = {
    of: loggingIn,
    onWant: (id: string) => {
      setLoggingIn(id);
      setPicked(id);
    },
  };
  return (
    <Dialog title="New session" onClose={onClose} wide>
      <Form verb="Start" ready={chosen !== ''} submit={submit} onClose={onClose} failure={failure}>
        {own.length > 0 && (
          <Field label="Profile">
            <select value={profile?.id ?? ''} onChange={(event) => setFrom(event.currentTarget.value)}>
              <option value="">None: choose an agent</option>
              {own.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          </Field>
        )}
        {profile ? <ProfileFacts profile={profile} /> : <AgentPicker chosen={chosen} onChoose={setPicked} logIn={logIn} />}
        <Words key={`${chosen} ${profile?.id ?? ''}`} agent={chosen} profile={profile} />
        {!profile && (agentsById.value.get(chosen)?.providers?.length ?? 0) > 0 && <ModelChoice key={chosen} agent={chosen} />}
        <Workspace usual={profile?.cwd ?? null} wrong={wrong} />
        <div class="fields">
          <Field label="Name" optional wrong={wrong.name}>
            <input name="name" maxLength={100} autocomplete="off" placeholder="What is it for?" />
          </Field>
          <Field label="Budget in dollars" optional wrong={wrong.budget}>
            <input
              name="budget"
              inputMode="decimal"
              autocomplete="off"
              maxLength={20}
              placeholder="None; for all its calls, such as 5.00"
            />
          </Field>
        </div>
        <details class="more" open={Boolean(wrong.tags ?? wrong.networkAllow) || undefined}>
          <summary>More</summary>
          <div class="more-body">
            {chosen === 'shell' && !profile?.path && shells.value.length > 1 && <ShellChoice />}
            <Field label="Tags" optional wrong={wrong.tags}>
              <input name="tags" autocomplete="off" placeholder={profile?.tags.join(', ') || 'web, urgent'} />
            </Field>
            <NetworkChoice wrong={wrong.networkAllow} />
            <ColorPicker chosen={color} onChoose={setColor} none={profile?.color ? 'The profile’s' : 'Any'} />
            <Kept />
          </div>
        </details>
      </Form>
    </Dialog>
  );
}

/** What is kept of it: a recording, its words for the search, and these choices for next time. */
function Kept(): JSX.Element {
  return (
    <>
      <label class="check">
        <input type="checkbox" name="record" />
        <span>
          Record it
          <small>All that its screen shows, from the start on, after each restart too.</small>
        </span>
      </label>
      <label class="check">
        <input type="checkbox" name="unsearchable" />
        <span>
          Leave it out of the search
          <small>Nothing of what its screen shows can be found later.</small>
        </span>
      </label>
      <Field label="Keep these choices as" optional>
        <input name="keep-as" maxLength={100} autocomplete="off" placeholder="A profile for next time" />
      </Field>
    </>
  );
}

function ProfileFacts({ profile }: { profile: Profile }): JSX.Element {
  const agent = agentsById.value.get(profile.agent)?.name ?? profile.agent;
  const facts = [agent, profile.model, profile.path, ...profile.tags.map((tag) => `#${tag}`)].filter(Boolean);
  return <p class="muted">{facts.join(' · ')}</p>;
}

/** A shell is given a command, an agent a task. */
function Words({ agent, profile }: { agent: string; profile: Profile | null }): JSX.Element {
  if (agent === 'shell') {
    return (
      <Field label="Initial command" optional>
        <input
          name="words"
          maxLength={8192}
          autocomplete="off"
          spellcheck={false}
          class="mono"
          placeholder={profile?.initialCommand ?? 'git status'}
        />
      </Field>
    );
  }
  return (
    <Field label="Prompt" optional>
      <textarea name="words" maxLength={32_768} rows={2} placeholder={profile?.prompt ?? 'What should it do first?'} />
    </Field>
  );
}

function ShellChoice(): JSX.Element {
  return (
    <Field label="Shell">
      <select name="shell">
        <option value="">The server’s usual one</option>
        {shells.value.map((shell) => (
          <option key={shell.path} value={shell.path}>
            {shell.name}
          </option>
        ))}
      </select>
    </Field>
  );
}
