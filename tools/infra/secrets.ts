import { parameterFile } from './parameters.ts';
import { fieldsAt, type Template } from './template.ts';
import { type Finding, type Rule, resourcesOf, type World } from './world.ts';

const KEYS =
  /\blist(?:Keys|AccountSas|ServiceSas|ConnectionStrings|Secrets)\b|\bprimaryKey\b|\bprimaryConnectionString\b/;
const LITERAL = /AccountKey=|SharedAccess(?:Key|Signature)=|accesskey=|-----BEGIN|\bsig=[\w%]{20}/i;
/** What the name of a parameter or a setting gives away. */
const SECRET = /(?:key|secret|pepper|password)$/i;

/** Nothing reads a key, nothing is one, and what is secret is marked so and comes from outside. */
export const secrets: Rule = (world) => [
  ...[...world.texts].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, at): readonly Finding[] => {
      if (KEYS.test(line)) return [`${path}:${at + 1}: a key is asked for`];
      return LITERAL.test(line) ? [`${path}:${at + 1}: this looks like a secret`] : [];
    }),
  ),
  ...world.templates.flatMap(unmarked),
  ...inParameterFile(world),
];

const unmarked = ({ name, parameters, outputs }: Template): readonly Finding[] => [
  ...Object.entries(parameters).flatMap(([one, { type, defaultValue = '' }]): readonly Finding[] => {
    const secure = type === 'securestring';
    if (SECRET.test(one) && !secure) return [`${name}: ${one} is secret and not marked @secure()`];
    return secure && defaultValue !== '' ? [`${name}: ${one} is secret and has a default`] : [];
  }),
  ...Object.keys(outputs)
    .filter((one) => SECRET.test(one))
    .map((one) => `${name}: the output ${one} tells a secret`),
];

const inParameterFile = (world: World): readonly Finding[] =>
  Object.entries(parameterFile(world))
    .filter(([name, value]) => isSecure(world, name) && !/^\$\{\w+=?\}$/.test(value))
    .map(([name]) => `main.parameters.json: ${name} has to come from outside, and without a default`);

const isSecure = ({ templates }: World, parameter: string): boolean =>
  templates.some(({ parameters }) => parameters[parameter]?.type === 'securestring');

const WANTED = { enableRbacAuthorization: true, enablePurgeProtection: true, enableSoftDelete: true } as const;
const REFERENCE = '@Microsoft.KeyVault(SecretUri=';

/** Secrets lie in a vault that nobody can empty for good, and the app's settings only refer to them. */
export const vault: Rule = (world) => {
  const vaults = resourcesOf(world, 'Microsoft.KeyVault/vaults');
  const settings = resourcesOf(world, 'Microsoft.Web/sites/config').flatMap(({ body }) =>
    Object.entries(fieldsAt(body, 'properties')),
  );
  return [
    ...(vaults.length === 1 ? [] : [`there are ${vaults.length} vaults for the secrets, and not one`]),
    ...vaults.flatMap(({ where, body }) =>
      Object.entries(WANTED)
        .filter(([name, wanted]) => fieldsAt(body, 'properties')[name] !== wanted)
        .map(([name, wanted]) => `${where}: the vault has to say ${name}: ${wanted}`),
    ),
    ...settings
      .filter(([name, value]) => SECRET.test(name) && !String(value).includes(REFERENCE))
      .map(([name]) => `settings: ${name} is secret and no reference to the vault`),
  ];
};
