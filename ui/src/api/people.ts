/** People and what lets them in: users, tokens, log-ins, the shares of a session, and the audit log. */
import { get, patch, post, remove, type Schemas, urlOf } from './client';

export type Share = Schemas['Share'];
export type NewShare = Schemas['NewShare'];
export type GuestShare = Schemas['GuestShare'];
export type ShareMode = Schemas['ShareMode'];
export type ApiToken = Schemas['ApiToken'];
export type Scope = ApiToken['scopes'][number];
export type BrowserLogin = Schemas['BrowserLogin'];
export type Me = Schemas['User'];
export type Person = Schemas['Person'];
export type Role = Person['role'];
export type AuditEvent = Schemas['AuditEvent'];
export type Verified = Schemas['AuditVerifiedAnswer'];

// Shares.

export type ShareDraft = Schemas['CreateShare'];

export async function sharesOf(session: string): Promise<Share[]> {
  return (await get('/api/sessions/{sessionId}/shares', { params: { path: { sessionId: session } } })).shares;
}

export async function share(session: string, draft: ShareDraft): Promise<NewShare> {
  return (await post('/api/sessions/{sessionId}/shares', { params: { path: { sessionId: session } }, body: draft })).share;
}

export async function takeBack(session: string, id: string): Promise<void> {
  await remove('/api/sessions/{sessionId}/shares/{shareId}', { params: { path: { sessionId: session, shareId: id } } });
}

/** What this browser was let in to by a link. */
export async function shared(): Promise<GuestShare> {
  return (await get('/api/shared')).share;
}

// One's own.

export async function me(): Promise<Me> {
  return (await get('/api/auth/me')).user;
}

export async function setPassword(wanted: string, current: string | undefined): Promise<void> {
  await post('/api/auth/password', { body: { new: wanted, ...(current !== undefined && { current }) } });
}

export async function ownLogins(): Promise<BrowserLogin[]> {
  return (await get('/api/auth/logins')).logins;
}

export async function endLogin(id: string): Promise<void> {
  await remove('/api/auth/logins/{loginId}', { params: { path: { loginId: id } } });
}

/** A link that logs its maker in on another device, once. */
export async function linkForMe(): Promise<Schemas['ShareTokenAnswer']> {
  return get('/api/share-token');
}

export async function tokens(): Promise<ApiToken[]> {
  return (await get('/api/auth/tokens')).tokens;
}

export type TokenDraft = Schemas['CreateToken'];

export async function createToken(draft: TokenDraft): Promise<Schemas['NewApiTokenAnswer']> {
  return post('/api/auth/tokens', { body: draft });
}

export async function revokeToken(id: string): Promise<void> {
  await remove('/api/auth/tokens/{tokenId}', { params: { path: { tokenId: id } } });
}

// For administrators.

export async function people(cursor: string | null = null): Promise<Schemas['UsersAnswer']> {
  return get('/api/users', { params: { query: { limit: 100, ...(cursor !== null && { cursor: Number(cursor) }) } } });
}

export type PersonDraft = Schemas['CreateUser'];

export async function createPerson(draft: PersonDraft): Promise<Schemas['NewUserAnswer']> {
  return post('/api/users', { body: draft });
}

export async function changePerson(id: number, to: Schemas['PatchUser']): Promise<Schemas['UserChangedAnswer']> {
  return patch('/api/users/{userId}', { params: { path: { userId: id } }, body: to });
}

export async function deletePerson(id: number, stopSessions: boolean): Promise<Schemas['UserDeletedAnswer']> {
  return remove('/api/users/{userId}', { params: { path: { userId: id }, query: { stopSessions } } });
}

export async function linkFor(id: number): Promise<string> {
  return (await post('/api/users/{userId}/login-link', { params: { path: { userId: id } } })).loginLink;
}

export type AuditFilter = Partial<Record<'actor' | 'action' | 'target' | 'since' | 'until', string>>;

export async function auditEvents(filter: AuditFilter, cursor: string | null): Promise<Schemas['AuditAnswer']> {
  const more = cursor === null ? {} : { cursor: Number(cursor) };
  return get('/api/audit', { params: { query: { ...asked(filter), limit: 50, ...more } } });
}

export const auditFile = (filter: AuditFilter, format: 'jsonl' | 'csv'): string =>
  urlOf('get', '/api/audit/export', { query: { ...asked(filter), format } });

export async function verifyAudit(): Promise<Verified> {
  return get('/api/audit/verify');
}

const asked = (filter: AuditFilter): AuditFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));
