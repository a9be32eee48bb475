import { entra, webhook } from './doors.ts';
import { emitted } from './emitted.ts';
import { names } from './names.ts';
import { described, given } from './parameters.ts';
import { queries, schedule } from './queries.ts';
import { roles } from './roles.ts';
import { secrets } from './secrets.ts';
import { settings } from './settings.ts';
import { accounts, storage } from './storage.ts';
import { syntax } from './syntax.ts';
import { versions } from './versions.ts';
import type { Finding, World } from './world.ts';

const RULES = {
  syntax,
  described,
  given,
  names,
  settings,
  storage,
  accounts,
  roles,
  secrets,
  queries,
  schedule,
  versions,
  entra,
  webhook,
  emitted,
};

export type RuleName = keyof typeof RULES;

export const findings = (world: World): readonly { readonly rule: string; readonly finding: Finding }[] =>
  Object.entries(RULES).flatMap(([rule, find]) => find(world).map((finding) => ({ rule, finding })));
