import { join } from 'node:path';
import { storagePart } from './azurite/part.ts';
import { hostPart } from './host-part.ts';
import { idpPart } from './idp/part.ts';
import { mailPart } from './mail/part.ts';
import type { Part } from './part.ts';

/** What a functions host of whatever kind needs beside it. */
export const PARTS: readonly Part[] = [storagePart, idpPart, mailPart];

/** All that `npm start` brings up, in this order. The host comes last: its settings are made of what stands before it. */
export const parts = (hostMain = join(import.meta.dirname, 'host', 'main.ts')): readonly Part[] => [
  ...PARTS,
  hostPart(hostMain),
];
