/** A page whose code is fetched when it is first opened. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Banner } from './banner';

export function Lazy({ load }: { load: () => Promise<() => JSX.Element> }): JSX.Element {
  const [Page, setPage] = useState<(() => JSX.Element) | null>(null);
  const [hasFailed, fail] = useState(false);
  useEffect(() => {
    let gone = false;
    load().then(
      (page) => !gone && setPage(() => page),
      () => !gone && fail(true),
    );
    return () => {
      gone = true;
    };
  }, []);
  if (Page) return <Page />;
  if (!hasFailed) return <main class="page" aria-busy="true" />;
  return (
    <main class="page">
      <Banner tone="danger">
        This page could not be loaded; the server may have been updated.{' '}
        <button type="button" class="link" onClick={() => location.reload()}>
          Load it anew
        </button>
      </Banner>
    </main>
  );
}
