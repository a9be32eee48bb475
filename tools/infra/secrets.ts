import type { Finding, Rule } from './world.ts';

const KEYS =
  /\blist(?:Keys|AccountSas|ServiceSas|ConnectionStrings|Secrets)\b|\bprimaryKey\b|\bprimaryConnectionString\b/;
const LITERAL = /AccountKey=|SharedAccess(?:Key|Signature)=|accesskey=|-----BEGIN|\bsig=[\w%]{20}/i;
/** What the name of a parameter gives away. */
const SECRET = /(?:key|secret|pepper|password)$/i;

/** Nothing reads a key, nothing is one, and what is secret is marked so and comes from outside. */
export const secrets: Rule = ({ texts, templates }) => [
  ...[...texts].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, at): readonly Finding[] => {
      if (KEYS.test(line)) return [`${path}:${at + 1}: a key is asked for`];
      return LITERAL.test(line) ? [`${path}:${at + 1}: this looks like a secret`] : [];
    }),
  ),
  ...templates.flatMap(({ path, parameters, outputs }) => [
    ...parameters.flatMap(({ name, decorators, defaultValue }): readonly Finding[] => {
      const secure = decorators.has('secure');
      if (SECRET.test(name) && !secure) return [`${path}: ${name} is secret and not marked @secure()`];
      return secure && defaultValue ? [`${path}: ${name} is secret and has a default`] : [];
    }),
    ...[...outputs.keys()]
      .filter((name) => SECRET.test(name))
      .map((name) => `${path}: the output ${name} tells a secret`),
  ]),
  ...inParameterFile(texts.get('main.parameters.json') ?? '{}', secureNames(templates)),
];

const secureNames = (templates: Parameters<Rule>[0]['templates']): readonly string[] =>
  templates.flatMap(({ parameters }) =>
    parameters.filter(({ decorators }) => decorators.has('secure')).map(({ name }) => name),
  );

function inParameterFile(text: string, secure: readonly string[]): readonly Finding[] {
  const { parameters = {} } = JSON.parse(text) as { parameters?: { [name: string]: { value: unknown } } };
  return Object.entries(parameters)
    .filter(([name, { value }]) => secure.includes(name) && !/^\$\{\w+\}$/.test(String(value)))
    .map(([name]) => `main.parameters.json: ${name} has to come from outside, and without a default`);
}
