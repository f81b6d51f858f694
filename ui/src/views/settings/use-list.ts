/** What a page of the settings shows: asked for when it opens, and again when something was changed. */
import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { explain } from '../../api/client';

export interface Asked<T> {
  found: Signal<T | null>;
  failure: Signal<string>;
  again: () => Promise<void>;
  /** Does something, says why it did not work, and asks again. */
  after: (act: Promise<unknown>) => Promise<void>;
}

export function useAsked<T>(title: string, ask: () => Promise<T>): Asked<T> {
  const found = useSignal<T | null>(null);
  const failure = useSignal('');
  const again = async (): Promise<void> => {
    try {
      found.value = await ask();
    } catch (error) {
      failure.value = explain(error);
    }
  };
  const after = async (act: Promise<unknown>): Promise<void> => {
    failure.value = '';
    try {
      await act;
    } catch (error) {
      failure.value = explain(error);
    }
    await again();
  };
  useEffect(() => {
    document.title = `${title} · AGTerm`;
    void again();
  }, []);
  return { found, failure, again, after };
}
