/** Storage for a test file: an account of its own in the Azurite of the whole run, or an Azurite that it may also stop. */
import { inject } from 'vitest';
import { type Azurite, startAzurite as start } from '../../local/azurite/start.ts';
import { atEnd } from './atEnd.ts';

export async function anAccount(): Promise<string> {
  const response = await fetch(inject('newAccount'));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** For an app in local mode, which takes an account of one name only. */
export const aLocalStore = async (): Promise<string> => (await startAzurite()).connectionString;

export async function startAzurite(): Promise<Azurite> {
  const azurite = await start({ port: 0 });
  atEnd(azurite.stop);
  return azurite;
}
