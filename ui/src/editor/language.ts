/** Finds the language of a file by its name; its code is fetched when a file of it is opened first. */
import { LanguageDescription } from '@codemirror/language';
import { languages } from '@codemirror/language-data';
import type { Extension } from '@codemirror/state';

export function languageName(name: string): string {
  return LanguageDescription.matchFilename(languages, name)?.name ?? 'Plain text';
}

export async function languageOf(name: string): Promise<Extension> {
  const found = LanguageDescription.matchFilename(languages, name);
  if (!found) return [];
  try {
    return await found.load();
  } catch {
    return []; // without colours one can work too
  }
}
