import { entra, pinned, webhook } from './doors.ts';
import { emitted } from './emitted.ts';
import { limits } from './limits.ts';
import { described, given, kept } from './parameters.ts';
import { queries, schedule } from './queries.ts';
import { endpoints, roles } from './roles.ts';
import { secrets, vault } from './secrets.ts';
import { flex, settings } from './settings.ts';
import { accounts, storage } from './storage.ts';
import { versions } from './versions.ts';
import type { Finding, World } from './world.ts';

const RULES = {
  described,
  given,
  kept,
  settings,
  flex,
  storage,
  accounts,
  roles,
  endpoints,
  secrets,
  vault,
  queries,
  schedule,
  versions,
  entra,
  webhook,
  emitted,
  limits,
  pinned,
};

export type RuleName = keyof typeof RULES;

export const findings = (world: World): readonly { readonly rule: string; readonly finding: Finding }[] =>
  Object.entries(RULES).flatMap(([rule, find]) => find(world).map((finding) => ({ rule, finding })));
