import { type Config, type Environment, readConfig } from '../../src/config.ts';

/** The settings, for those who know that they are right; else what is wrong with them is thrown. */
export function configFrom(environment: Environment): Config {
  const config = readConfig(environment);
  if (!('wrong' in config)) return config;
  throw new Error(config.wrong.map(({ name, needs }) => `${name}: ${needs}`).join('; '));
}
