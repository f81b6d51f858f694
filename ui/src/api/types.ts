/** What the server says, as types: sessions, agents, users, and the frames of the terminal socket. */

export type SessionStatus = 'starting' | 'running' | 'exited' | 'lost';

/** What the agent is doing; told from its screen, its output and its foreground process. */
export type SessionState = 'working' | 'idle' | 'needs_input' | 'rate_limited' | 'exited' | 'lost';

export interface Session {
  id: string;
  name: string;
  agent: string;
  createdAt: string;
  lastActiveAt: string;
  workspaceDir: string;
  pid: number | null;
  modelConfig: { provider?: string | null; model?: string | null } | null;
  status: SessionStatus;
  state?: SessionState;
  stateSince?: string;
  exitCode: number | null;
  signal: number | string | null;
  cols: number;
  rows: number;
  offset: number;
  isolation?: { level: string; notes?: string[] | string | null } | null;
}

export interface Agent {
  id: string;
  name: string;
  icon?: string;
  color?: string;
  welcome?: string;
  command?: string;
  available: boolean;
  enabled?: boolean;
  cliExists: boolean;
  hasCredentials: boolean;
  missingEnvVars?: string[];
  installHint?: string | null;
  version?: string | null;
}

export interface User {
  username: string;
  role?: string;
}

export interface Attached {
  session: Session;
  cols: number;
  rows: number;
  offset: number;
  replay: 'none' | 'bytes' | 'screen';
  control: boolean;
}

export interface Repaint {
  data: string;
  offset: number;
  cols: number;
  rows: number;
}

export interface Exit {
  code: number | null;
  signal: number | string | null;
}

export interface Frame {
  type: string;
  sessionId?: string;
  payload?: Record<string, unknown>;
}
