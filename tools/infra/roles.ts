import type { Node } from 'web-tree-sitter';
import { field, literal } from './parse.ts';
import { argumentsOf, type Template } from './template.ts';
import type { Finding, Rule } from './world.ts';

interface Needed {
  readonly id: string;
  /** The symbol of the one resource that it is given on. */
  readonly on: string;
  readonly because: string;
}

/** Every role that the app's identity has. Another one, or one on more than a resource, is a finding. */
export const ROLES: { readonly [role: string]: Needed } = {
  'Storage Blob Data Owner': {
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    on: 'hostStorage',
    because: 'the host keeps leases, the state of the timer and the package there',
  },
  'Storage Queue Data Contributor': {
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    on: 'dataStorage',
    because: 'the app sends messages; the host takes them, and moves away what nobody could take',
  },
  'Storage Table Data Contributor': {
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    on: 'dataStorage',
    because: 'the app reads and writes rows',
  },
  'Communication and Email Service Owner': {
    id: '09976791-48a7-449e-bb21-39d1a415f350',
    on: 'communication',
    because: 'the app sends mails; there is no narrower role for that',
  },
  'Monitoring Metrics Publisher': {
    id: '3913510d-42f4-4e42-8a64-420c390055eb',
    on: 'insights',
    because: 'telemetry is taken from nobody without a token',
  },
};

const TYPE = 'Microsoft.Authorization/roleAssignments';

export const roles: Rule = ({ templates }) => {
  const assigned = templates.flatMap((template) =>
    template.resources
      .filter(({ type }) => type === TYPE)
      .map(({ symbol, body }) => ({
        place: `${template.path}: ${symbol}`,
        on: field(body, 'scope')?.text,
        id: roleId(template, field(body, 'properties', 'roleDefinitionId')),
      })),
  );
  const wanted = Object.entries(ROLES);
  const isNeeded = (one: { id: string | undefined; on: string | undefined }) =>
    wanted.some(([, { id, on }]) => id === one.id && on === one.on);
  return [
    ...assigned.filter((one) => !isNeeded(one)).map(unneeded),
    ...wanted
      .filter(([, { id, on }]) => !assigned.some((one) => one.id === id && one.on === on))
      .map(([role, { on, because }]) => `the role ${role} is not given on ${on}: ${because}`),
  ];
};

const unneeded = ({ place, on, id }: { place: string; on: string | undefined; id: string | undefined }): Finding =>
  on === undefined
    ? `${place}: a role without a scope is a role on the whole resource group`
    : `${place}: nobody needs the role ${id ?? 'that is not named'} on ${on}`;

/** `subscriptionResourceId(…, variable)`, where the variable is the id. */
function roleId(template: Template, call: Node | undefined): string | undefined {
  const last = call?.type === 'call_expression' ? argumentsOf(call).at(-1) : undefined;
  return literal(last) ?? literal(template.variables.get(last?.text ?? ''));
}
