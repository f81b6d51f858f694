/** The address of a path on a session's port. */

/** A path below a preview's own address; whatever was typed, it leads nowhere else. */
export function frameAddress(previewUrl: string, path: string): string {
  const base = new URL(previewUrl, 'http://here');
  const typed = path.replaceAll('\\', '/').replace(/^\/+/, '');
  const cut = typed.search(/[?#]/);
  const [way, rest] = cut < 0 ? [typed, ''] : [typed.slice(0, cut), typed.slice(cut)];
  const asked = new URL(rest || '?', 'http://here/');
  const query = [base.search.slice(1), asked.search.slice(1)].filter(Boolean).join('&');
  const steps = way.split('/').filter((step) => step !== '.' && step !== '..' && !/^(%2e){1,2}$/i.test(step));
  return `${base.pathname}${steps.map(encoded).join('/')}${query ? `?${query}` : ''}${asked.hash}`;
}

/** What is encoded already stays as it is. */
const encoded = (step: string): string => encodeURIComponent(step).replaceAll(/%25([0-9A-Fa-f]{2})/g, '%$1');
