import { join } from 'node:path';
import { storagePart } from './azurite/part.ts';
import { executorPart } from './executor/part.ts';
import { hostPart } from './host-part.ts';
import { idpPart } from './idp/part.ts';
import { mailPart } from './mail/part.ts';
import type { Part } from './part.ts';

/** What a functions host of whatever kind needs beside it. */
export const PARTS: readonly Part[] = [storagePart, idpPart, mailPart];

/** All that `npm start` brings up, in this order. The settings of the host are made of what stands before it; the executor calls it. */
export const parts = (hostMain = join(import.meta.dirname, 'host', 'main.ts')): readonly Part[] => [
  ...PARTS,
  hostPart(hostMain),
  executorPart,
];
