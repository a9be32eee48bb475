/** The storage that a tool looks at. As the app has it: the environment beats the local settings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const local = (): Readonly<Record<string, string>> => {
  const settings = join(import.meta.dirname, '..', '..', 'local.settings.json');
  const { Values = {} }: { readonly Values?: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(settings, 'utf8'),
  );
  return Values;
};

export const storageOf = (given: string | undefined): string =>
  given ?? process.env['DATA_STORAGE'] ?? local()['DATA_STORAGE'] ?? '';

/** How often the sweep comes there. undefined: of a storage that the caller names nobody has said it. */
export const scheduleIn = (given: string | undefined, storage: string | undefined): string | undefined =>
  given ?? process.env['SWEEP_SCHEDULE'] ?? (storage === undefined ? local()['SWEEP_SCHEDULE'] : undefined);
