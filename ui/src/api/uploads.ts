/** Sends pictures and files into a session's workspace, where its agent can read them. */
import { ApiError, opened, reach, type Schemas, urlOf } from './client';

const PICTURES = /^image\/(png|jpeg|gif|webp|bmp|avif|heic)$/;
export const isPicture = (file: Blob): boolean => PICTURES.test(file.type);

/** Puts a picture into the workspace's own folder for them; its path is what an agent is told. */
export async function sendPicture(session: string, picture: Blob): Promise<string> {
  const url = urlOf('post', '/api/upload', { query: { sessionId: session } });
  const headers = { 'Content-Type': picture.type };
  return (await opened<Schemas['ImageUploaded']>(await reach(url, { method: 'POST', headers, body: picture }))).path;
}

const TRIES = 20;

/** Puts a file into the workspace under its own name, or `name-2.txt` when there is one already. */
export async function sendFile(session: string, file: File): Promise<string> {
  for (let turn = 1; ; turn++) {
    const query = { sessionId: session, path: numbered(file.name, turn) };
    const url = urlOf('put', '/api/files/upload', { query });
    const headers = { 'Content-Type': 'application/octet-stream', 'If-None-Match': '*' };
    try {
      const { files } = await opened<Schemas['FilesUploaded']>(await reach(url, { method: 'PUT', headers, body: file }));
      return files[0]?.path ?? '';
    } catch (error) {
      const isTaken = error instanceof ApiError && error.status === 409;
      if (!isTaken || turn >= TRIES) throw error;
    }
  }
}

/** `notes.txt`, `notes-2.txt`, `notes-3.txt`. */
export function numbered(name: string, turn: number): string {
  if (turn === 1) return name;
  const at = name.lastIndexOf('.');
  return at > 0 ? `${name.slice(0, at)}-${turn}${name.slice(at)}` : `${name}-${turn}`;
}
