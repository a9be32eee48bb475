import { keyOf } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { SettingsPatch } from '../../core/settings.ts';
import { type Asking, noVault } from '../../flows/asking.ts';
import { bulkUndelete } from '../../flows/bulkUndelete.ts';
import { deleteVault, putVault, type VaultResult } from '../../flows/vaults.ts';
import type { Ports } from '../../ports.ts';
import { listReply, startOf } from '../paging.ts';
import { resource } from '../reply.ts';
import { type Route, route } from '../route.ts';
import { bodies, queries } from '../schemas.ts';
import { vaultView } from '../views.ts';

const NO_CONTENT = { status: 204 } as const;

const shown = ({ vault, counts, created, warnings }: VaultResult) =>
  resource(created ? 201 : 200, vaultView(vault, counts, warnings));

async function readVault({ vaults }: Ports, name: string): Promise<Outcome<VaultResult>> {
  const [head, counts] = await Promise.all([vaults.head(name, 'fresh'), vaults.counts(name)]);
  return head ? ok({ vault: head.vault, counts, created: false, warnings: [] }) : noVault(name);
}

export const vaultRoutes: readonly Route[] = [
  route({
    name: 'putVault',
    method: 'PUT',
    path: 'vaults/{vault}',
    who: 'Contributor',
    body: bodies.vault,
    run: ({ ports, names: { vault = '' }, body }, asking: Asking<VaultResult>) =>
      putVault(ports, asking, vault, body satisfies SettingsPatch, false),
    view: shown,
  }),
  route({
    name: 'patchVault',
    method: 'PATCH',
    path: 'vaults/{vault}',
    who: 'Contributor',
    body: bodies.vault,
    run: ({ ports, names: { vault = '' }, body }, asking: Asking<VaultResult>) =>
      putVault(ports, asking, vault, body, true),
    view: shown,
  }),
  route({
    name: 'getVault',
    method: 'GET',
    path: 'vaults/{vault}',
    who: 'Reader',
    run: ({ ports, names: { vault = '' } }) => readVault(ports, vault),
    view: shown,
  }),
  route({
    name: 'listVaults',
    method: 'GET',
    path: 'vaults',
    who: 'Reader',
    query: queries.page,
    run: async ({ ports, query }) => {
      const after = startOf(query);
      if (!after.ok) return after;
      const listed = await ports.registry.vaults({ after: after.value, limit: query.top });
      const read = await Promise.all(listed.map((name) => readVault(ports, name)));
      return ok({
        vaults: read.flatMap((vault) => (vault.ok ? [vault.value] : [])),
        last: listed.length < query.top ? undefined : listed.at(-1),
      });
    },
    view: ({ vaults, last }, { url }) =>
      listReply(
        vaults.map(({ vault, counts }) => vaultView(vault, counts)),
        last && keyOf(last),
        url,
      ),
  }),
  route({
    name: 'deleteVault',
    method: 'DELETE',
    path: 'vaults/{vault}',
    who: 'Contributor',
    run: ({ ports, names: { vault = '' } }, asking: Asking<null>) => deleteVault(ports, asking, vault),
    view: () => NO_CONTENT,
  }),
  route({
    name: 'undeleteItems',
    method: 'POST',
    path: 'vaults/{vault}/undelete',
    who: 'Operator',
    body: bodies.bulkUndelete,
    run: ({ ports, names: { vault = '' }, body }, asking) => bulkUndelete(ports, asking, vault, body),
    view: (results) => ({ status: 200, body: { results } }),
  }),
];
