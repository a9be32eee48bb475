import { keyOf } from '../../core/names.ts';
import { isPolicy } from '../../core/policy.ts';
import { ok } from '../../core/problems.ts';
import { type Asking, noVault } from '../../flows/asking.ts';
import { noServer } from '../../flows/deregister.ts';
import { shownServers } from '../../flows/itemsOn.ts';
import { deletePolicy, noPolicy, type PolicyResult, putPolicy } from '../../flows/policies.ts';
import { putServer, type ServerResult } from '../../flows/servers.ts';
import { cut, listReply, startOf } from '../paging.ts';
import { resource } from '../reply.ts';
import { type Route, route } from '../route.ts';
import { bodies, queries } from '../schemas.ts';
import { policyView, serverView } from '../views.ts';

/** Policies and servers: what a vault's items hang on. */
export const settingRoutes: readonly Route[] = [
  route({
    name: 'putPolicy',
    method: 'PUT',
    path: 'vaults/{vault}/policies/{policy}',
    who: 'Contributor',
    body: bodies.policy,
    run: ({ ports, names: { vault = '', policy = '' }, body }, asking: Asking<PolicyResult>) => {
      const { retention, ...rest } = body;
      return putPolicy(ports, asking, vault, policy, { ...rest, retention: retention && given(retention) });
    },
    view: ({ policy, created }) => resource(created ? 201 : 200, policyView(policy)),
  }),
  route({
    name: 'getPolicy',
    method: 'GET',
    path: 'vaults/{vault}/policies/{policy}',
    who: 'Reader',
    run: async ({ ports, names: { vault = '', policy = '' } }) => {
      const head = await ports.vaults.head(vault, 'fresh');
      if (!head) return noVault(vault);
      const found = head.policies.find((one) => isPolicy(one, policy));
      return found ? ok(found) : noPolicy(vault, policy);
    },
    view: (policy) => resource(200, policyView(policy)),
  }),
  route({
    name: 'listPolicies',
    method: 'GET',
    path: 'vaults/{vault}/policies',
    who: 'Reader',
    query: queries.page,
    run: async ({ ports, names: { vault = '' }, query }) => {
      const after = startOf(query);
      if (!after.ok) return after;
      const head = await ports.vaults.head(vault, 'fresh');
      return head ? ok(cut(head.policies, ({ name }) => keyOf(name), after.value, query.top)) : noVault(vault);
    },
    view: ({ shown, last }, { url }) => listReply(shown.map(policyView), last, url),
  }),
  route({
    name: 'deletePolicy',
    method: 'DELETE',
    path: 'vaults/{vault}/policies/{policy}',
    who: 'Contributor',
    run: ({ ports, names: { vault = '', policy = '' } }, asking: Asking<null>) =>
      deletePolicy(ports, asking, vault, policy),
    view: () => ({ status: 204 }),
  }),
  route({
    name: 'putServer',
    method: 'PUT',
    path: 'vaults/{vault}/servers/{server}',
    who: 'Contributor',
    agent: true,
    body: bodies.server,
    run: ({ ports, names: { vault = '', server = '' }, body }, asking: Asking<ServerResult>) =>
      putServer(ports, asking, vault, server, body),
    view: ({ server, created }) => resource(created ? 201 : 200, serverView(server)),
  }),
  route({
    name: 'getServer',
    method: 'GET',
    path: 'vaults/{vault}/servers/{server}',
    who: 'Reader',
    agent: true,
    run: async ({ ports, names: { vault = '', server = '' } }) => {
      const [head, held] = await Promise.all([ports.vaults.head(vault, 'fresh'), ports.vaults.server(vault, server)]);
      if (!head) return noVault(vault);
      const [shown] = held ? await shownServers(ports, vault, [held.value]) : [];
      return shown ? ok(shown) : noServer(vault, server);
    },
    view: (server) => resource(200, serverView(server)),
  }),
  route({
    name: 'listServers',
    method: 'GET',
    path: 'vaults/{vault}/servers',
    who: 'Reader',
    query: queries.page,
    run: async ({ ports, names: { vault = '' }, query }) => {
      const after = startOf(query);
      if (!after.ok) return after;
      const [head, servers] = await Promise.all([
        ports.vaults.head(vault, 'fresh'),
        ports.vaults.servers(vault, { after: after.value, limit: query.top + 1 }),
      ]);
      if (!head) return noVault(vault);
      const { shown, last } = cut(servers, ({ name }) => keyOf(name), undefined, query.top);
      return ok({ shown: await shownServers(ports, vault, shown), last });
    },
    view: ({ shown, last }, { url }) => listReply(shown.map(serverView), last, url),
  }),
];

/** Only the rungs that are there. */
const given = <T extends object>(rungs: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(rungs).filter(([, count]) => count !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
