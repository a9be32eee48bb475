import * as z from 'zod';
import type { Server } from '../../core/server.ts';
import { iso } from '../../core/time.ts';
import { HYBRID_KINDS } from '../../core/workloads.ts';
import { EXAMPLE } from '../example.ts';
import { isoOrNull, quoted } from '../reply.ts';
import { answer, common, field, instant, listOf, oneOf, request, says, type Told } from '../shape.ts';

const kind = oneOf(
  'HybridKind',
  'The product whose agent backs up from on premises. It never changes.',
  HYBRID_KINDS,
  'MARS',
);
const VERSION = says('The version of its backup agent.', '2.0.9260');

export const server = answer('Server', 'An on-premises machine whose agent backs up into the vault.', {
  name: common.name(EXAMPLE.server),
  vault: common.vault,
  kind,
  agentVersion: z.string().meta(VERSION),
  registration: field(
    oneOf('Registration', 'Whether a server is registered.', ['Registered', 'SoftDeleted', 'Unregistered']),
    'Whether it is registered. SoftDeleted while backups of it lie in the trash.',
    'Registered',
  ),
  registeredBy: field(z.string(), 'The object id of the caller who registered it.', EXAMPLE.oid),
  registeredAt: field(instant, 'When it was registered.', '2026-11-01T08:00:00.000Z'),
  passphraseChangedAt: field(instant.nullable(), 'When its agent last got a new passphrase; null: never.', null),
  etag: common.etag,
});
export const servers = listOf('ServerList', 'A page of servers.', server);

export const serverView = (one: Server): Told<typeof server> => ({
  name: one.name,
  vault: one.vault,
  kind: one.kind,
  agentVersion: one.agentVersion,
  registration: one.registration,
  registeredBy: one.registeredBy.oid,
  registeredAt: iso(one.registeredAt),
  passphraseChangedAt: isoOrNull(one.passphraseChangedAt),
  etag: quoted(one.etag),
});

export const serverRequest = request('ServerRequest', 'The parts of a server. A new one needs all of them.', {
  kind: kind.optional(),
  agentVersion: z
    .string()
    .max(40)
    .regex(/^\d{1,9}(?:\.\d{1,9}){1,3}$/, 'must be a version: "2.0.9260"')
    .optional()
    .meta(VERSION),
});

export const securityPin = answer('SecurityPin', 'Takes the place of a second factor, once, for five minutes.', {
  securityPin: field(z.string().regex(/^\d{8}$/), 'Eight digits. They are shown only in this answer.', '40718253'),
  expiresAt: field(instant, 'When it ends.', '2026-11-21T09:05:00.000Z'),
});
