import { field, literal } from './parse.ts';
import { difference, type Finding, type Rule } from './world.ts';

/** The roles that entra.sh registers are those that the code asks for. */
export const entra: Rule = ({ texts, code }) => {
  const table = /cat <<'TABLE'\n([\s\S]*?)\nTABLE\n/.exec(texts.get('entra.sh') ?? '')?.[1] ?? '';
  const registered = table.split('\n').map((line) => line.split('|')[0] ?? '');
  return difference('the role', code.roles, registered, ['src/core/caller.ts', 'entra.sh']);
};

/** Event Grid knocks where the code listens, with the header that it asks for. */
export const webhook: Rule = ({ templates, code }) =>
  templates.flatMap(({ path, resources }) =>
    resources
      .filter(({ type }) => type === 'Microsoft.EventGrid/systemTopics/eventSubscriptions')
      .flatMap(({ symbol, body }): readonly Finding[] => {
        const destination = field(body, 'properties', 'destination', 'properties');
        const headers = field(destination, 'deliveryAttributeMappings')?.namedChildren ?? [];
        const url = field(destination, 'endpointUrl')?.text ?? '';
        const header = headers.find((one) => literal(field(one, 'name')) === code.webhook.header);
        const secret = field(header, 'properties', 'isSecret')?.text === 'true';
        return [
          ...(url.endsWith(`/api/${code.webhook.path}'`)
            ? []
            : [`${path}: ${symbol} has to end in /api/${code.webhook.path}`]),
          ...(header && secret ? [] : [`${path}: ${symbol} has to bring ${code.webhook.header}, as a secret`]),
        ];
      }),
  );
