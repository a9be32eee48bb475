import { field, fields, literal } from './parse.ts';
import { difference, type Rule } from './world.ts';

/** What the host reads, not the app. */
const HOSTS: readonly string[] = [
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
];

/** The app is told exactly what its code reads. */
export const settings: Rule = ({ templates, code }) => {
  const told = templates
    .flatMap(({ resources }) => resources)
    .filter(({ type, body }) => type === 'Microsoft.Web/sites/config' && literal(field(body, 'name')) === 'appsettings')
    .flatMap(({ body }) => [...fields(field(body, 'properties')).keys()]);
  const wanted = [...code.settings].flatMap(([name, given]) => (given === 'azure' ? [name] : []));
  return difference('the setting', [...wanted, ...HOSTS], told, [
    'src/config.ts, or what the host needs,',
    'infra/app/settings.bicep',
  ]);
};
