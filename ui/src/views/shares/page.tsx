/** The page for guests: one terminal, who shares it and until when; or that it has ended. */
import './page.css';

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { ApiError, explain } from '../../api/client';
import { type GuestShare, shared } from '../../api/people';
import { byId, learn } from '../../api/sessions';
import type { Session } from '../../api/types';
import '../../term/registry';
import type { TerminalView } from '../../term/view';
import { Brand, Icon } from '../../ui/icons';
import { exactly } from '../../ui/time';
import { exitText } from '../status';
import { TerminalStage } from '../terminal';
import { ahead } from './words';

const LOOK_AGAIN_MS = 20_000;
const RETRY_MS = 3000;
type Standing = { is: 'unknown' } | { is: 'open'; share: GuestShare } | { is: 'ended'; by?: string };

const linkIsNoGood = (): boolean => new URLSearchParams(location.search).get('share') === 'ended';

export function SharedPage(): JSX.Element {
  const standing = useSignal<Standing>(linkIsNoGood() ? { is: 'ended' } : { is: 'unknown' });
  const trouble = useSignal('');
  const look = async (): Promise<void> => {
    try {
      const share = await shared();
      // how it is doing, and what its line may ask for
      learn({ ...share.session, access: share.mode } as Session);
      standing.value = { is: 'open', share };
      trouble.value = '';
    } catch (error) {
      const before = standing.peek();
      if (!(error instanceof ApiError && error.status === 401)) trouble.value = explain(error);
      else standing.value = before.is === 'open' ? { is: 'ended', by: before.share.by } : { is: 'ended' };
    }
  };
  const { is } = standing.value;
  useEffect(() => {
    if (is === 'ended') return undefined;
    if (is === 'unknown') void look();
    const timer = setInterval(() => void look(), is === 'open' ? LOOK_AGAIN_MS : RETRY_MS);
    return () => clearInterval(timer);
  }, [is]);
  const state = standing.value;
  if (state.is === 'ended') return <Ended by={state.by} />;
  if (state.is === 'open') return <Open share={state.share} look={look} />;
  return <p class="boot">{trouble.value || 'Connecting…'}</p>;
}

function Open({ share, look }: { share: GuestShare; look: () => Promise<void> }): JSX.Element {
  const [view, setView] = useState<TerminalView | null>(null);
  const { mode, session } = share;
  useEffect(() => {
    let made: TerminalView | undefined;
    let gone = false;
    void import('./guest').then(({ guestView }) => {
      if (gone) return;
      made = guestView(share);
      setView(made);
      setTimeout(() => made?.focus());
    });
    return () => {
      gone = true;
      made?.dispose();
      window.agterm.terminals.clear();
    };
  }, [session.id, mode]);
  const hasStopped = view?.link.value === 'stopped';
  useEffect(() => {
    if (!hasStopped) return undefined;
    void look(); // the line was refused: the share has ended, or is just ending
    const timer = setInterval(() => void look(), RETRY_MS);
    return () => clearInterval(timer);
  }, [hasStopped]);
  const name = byId.value.get(session.id)?.name ?? session.name;
  useEffect(() => {
    document.title = `${name} · AGTerm`;
  }, [name]);
  return (
    <main class="guest">
      <header class="guest-head">
        <Brand size={26} />
        <div class="guest-title">
          <h1 title={name}>{name}</h1>
          <p title={exactly(share.expiresAt)}>
            Shared by {share.by} · ends {ahead(share.expiresAt, Date.now())}
          </p>
        </div>
        {mode === 'view' ? (
          <span class="badge badge-warn">
            <Icon name="eye" size={13} /> View only
          </span>
        ) : (
          <span class="badge badge-ok">
            <Icon name="edit" size={13} /> You can type
          </span>
        )}
      </header>
      {view && (
        <TerminalStage key={mode} view={view}>
          {view.exit.value && (
            <p class="guest-exit" role="status">
              The program has ended ({exitText(view.exit.value)}). Its last screen is kept.
            </p>
          )}
        </TerminalStage>
      )}
    </main>
  );
}

function Ended({ by }: { by: string | undefined }): JSX.Element {
  useEffect(() => {
    document.title = 'Ended · AGTerm';
  }, []);
  return (
    <main class="guest-ended">
      <div class="guest-card">
        <span class="guest-mark">
          <Icon name="eye" size={30} />
        </span>
        {by === undefined ? (
          <>
            <h1>Nothing is shared with you here</h1>
            <p>The link was used up, its time is over, or it was taken back. Ask whoever sent it for a new one.</p>
          </>
        ) : (
          <>
            <h1>This share has ended</h1>
            <p>Its time is over, or it was taken back. Ask {by} for a new link.</p>
          </>
        )}
        <p class="muted">
          You have an account? <a class="link" href="/">Log in</a>
        </p>
      </div>
    </main>
  );
}
