import { at, fieldsAt, listAt } from './template.ts';
import { difference, type Finding, type Rule, resourcesOf } from './world.ts';

/** The roles that entra.sh registers are those that the code asks for. */
export const entra: Rule = ({ texts, code }) => {
  const table = /cat <<'TABLE'\n([\s\S]*?)\nTABLE\n/.exec(texts.get('infra/entra.sh') ?? '')?.[1] ?? '';
  const registered = table.split('\n').map((line) => line.split('|')[0] ?? '');
  return difference('the role', code.roles, registered, ['src/core/caller.ts', 'entra.sh']);
};

/** Event Grid knocks where the code listens, in the schema that it reads, with the header that it asks for. */
export const webhook: Rule = (world) => {
  const { path, header } = world.code.webhook;
  return resourcesOf(world, 'Microsoft.EventGrid/systemTopics/eventSubscriptions').flatMap(
    ({ where, body }): readonly Finding[] => {
      const destination = fieldsAt(body, 'properties', 'destination', 'properties');
      const brought = listAt(destination, 'deliveryAttributeMappings').find((one) => at(one, 'name') === header);
      const secret = at(brought, 'type') === 'Static' && at(brought, 'properties', 'isSecret') === true;
      return [
        ...(String(destination['endpointUrl']).includes(`/api/${path}'`)
          ? []
          : [`${where}: the subscription has to end in /api/${path}`]),
        ...(secret ? [] : [`${where}: the subscription has to bring ${header}, as a secret`]),
        ...(at(body, 'properties', 'eventDeliverySchema') === 'EventGridSchema'
          ? []
          : [`${where}: the code reads events in Event Grid's own schema only`]),
      ];
    },
  );
};

const USES = /^\s*(?:- )?uses:\s*(\S+)/gm;
/** A tag can be moved to other code; a commit cannot. The comment behind it says the version to people and to Dependabot. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

/** Actions of workflows are pinned to commits. */
export const pinned: Rule = ({ texts }) =>
  [...texts].flatMap(([path, text]) =>
    path.startsWith('.github/workflows/')
      ? [...text.matchAll(USES)]
          .map(([, action = '']) => action)
          .filter((action) => !action.startsWith('./') && !PINNED.test(action))
          .map((action) => `${path}: ${action} is not pinned to a commit`)
      : [],
  );
