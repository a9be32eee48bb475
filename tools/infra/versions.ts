import type { Rule } from './world.ts';

const RELEASED = /^\d{4}-\d{2}-\d{2}$/;
/** Preview versions that there is no way around. */
const EXCUSED: { readonly [type: string]: string } = {
  'Microsoft.Insights/diagnosticSettings@2021-05-01-preview': 'the released version before it knows no category groups',
};

/** Versions are released ones, and one type has one version. */
export const versions: Rule = ({ templates }) => {
  const found = templates.flatMap(({ name, resources }) => resources.map((one) => ({ ...one, where: name })));
  const unreleased = found.filter(({ type, version }) => !RELEASED.test(version) && !EXCUSED[`${type}@${version}`]);
  return [
    ...unreleased.map(({ where, type, version }) => `${where}: ${type}@${version} is not a released version`),
    ...found
      .filter(({ type, version }) => found.some((one) => one.type === type && one.version !== version))
      .map(({ where, type, version }) => `${where}: ${type} has other versions elsewhere than ${version}`),
  ];
};
