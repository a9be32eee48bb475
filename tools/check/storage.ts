/** The storage that a tool looks at. As the app has it: the environment beats the local settings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function storageOf(given: string | undefined): string {
  const settings = join(import.meta.dirname, '..', '..', 'local.settings.json');
  const local: { readonly Values?: Readonly<Record<string, string>> } = JSON.parse(readFileSync(settings, 'utf8'));
  return given ?? process.env['DATA_STORAGE'] ?? local.Values?.['DATA_STORAGE'] ?? '';
}
