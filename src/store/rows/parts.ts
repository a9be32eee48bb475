/** What rows are made of: names, ids, addresses and the like, each with the most that it may hold. */
import * as z from 'zod';
import { REPRESENTS } from '../../core/kinds.ts';
import { LIMITS } from '../../core/limits.ts';
import { MAX_PARAMETER_BYTES } from '../../core/purgeSettings.ts';
import { TIERS, VAULT_KINDS, WORKLOAD_CLASSES } from '../../core/workloads.ts';
import { freeText, list, record, text } from '../limited.ts';
import { instant } from '../table.ts';

export const count = z.number().int().nonnegative();
/** Of a vault, an item, a policy, a server, a recovery point, a hold. */
export const name = text(63);
/** The id of a request or a write, which is an etag as well, or what is derived from one. */
export const id = text(80);
/** The id of an order: `orderId`. */
export const orderId = text(170);
/** What a hint leads to: an item, an operation, or what else its kind names. */
export const subject = text(200);
/** The id of a change. */
export const change = text(36);
export const hash = text(64);
/** As the identity provider says it. */
export const oid = text(64);
export const address = text(254);
/** The id of an alert: `isAlertId`. */
export const alertId = text(300);
export const reason = freeText(1024);
export const identity = z.object({ tid: oid, oid });
export const code = text(60);
/** What an entry or an alert says: two hundred addresses, or the items of a mass deletion. */
const MOST_FACTS = 44_500;
/** All that are built in, and a hundred of your own. */
export const MOST_WORKLOADS = 111;
const rung = count.exactOptional();
export const retention = z.object({ daily: rung, weekly: rung, monthly: rung, yearly: rung });
const cut = z.object({ at: instant, from: retention, to: retention, days: count, version: count });
export const evidence = z.object({ seq: count, hash }).exactOptional();
/** On which it is over. */
export const day = text(10).exactOptional();
export const tier = z.enum(TIERS);
export const traits = z.object({
  class: z.enum(WORKLOAD_CLASSES),
  vaultKinds: list(z.enum(VAULT_KINDS), VAULT_KINDS.length),
  represents: z.enum(REPRESENTS),
  recoveryPoints: z.boolean(),
  tiers: list(tier, TIERS.length),
});

/** A built-in workload says by its name what it is; a kind of your own is said beside it. */
export const ofKind = { workload: name, kind: traits.exactOptional() };
export const parameters = record(z.unknown(), MAX_PARAMETER_BYTES);
export const cuts = list(cut, LIMITS.cuts.most);
export const vaultKind = z.enum(VAULT_KINDS);
const fact = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
export const facts = record(fact, MOST_FACTS);
