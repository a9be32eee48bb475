import { fieldsAt } from './template.ts';
import { difference, type Finding, type Rule, resourcesOf } from './world.ts';

/** What the host reads, not the app. */
const HOSTS: readonly string[] = [
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsDisableHomepage',
  'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
];

/** The app is told exactly what its code reads. */
export const settings: Rule = (world) => {
  const told = resourcesOf(world, 'Microsoft.Web/sites/config')
    .filter(({ body }) => String(body['name']).includes("'appsettings'"))
    .flatMap(({ body }) => Object.keys(fieldsAt(body, 'properties')));
  const wanted = [...world.code.settings].flatMap(([name, given]) => (given === 'azure' ? [name] : []));
  return difference('the setting', [...wanted, ...HOSTS], told, [
    'src/config.ts, or what the host needs,',
    'infra/app/settings.bicep, as infra/main.json has it,',
  ]);
};

/** What Flex Consumption has no use for: Azure refuses some of it and ignores the rest, which then looks as if it did something. */
const NOT_ON_FLEX: readonly string[] =
  `alwaysOn cors ftpsState functionAppScaleLimit isReserved isXenon javaVersion linuxFxVersion
  minimumElasticInstanceCount netFrameworkVersion nodeVersion powerShellVersion preWarmedInstanceCount use32BitWorkerProcess
  vnetBackupRestoreEnabled vnetContentShareEnabled vnetImagePullEnabled vnetRouteAllEnabled windowsFxVersion
  AzureWebJobsDashboard ENABLE_ORYX_BUILD FUNCTIONS_EXTENSION_VERSION FUNCTIONS_MAX_HTTP_CONCURRENCY
  FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED FUNCTIONS_WORKER_PROCESS_COUNT FUNCTIONS_WORKER_RUNTIME
  FUNCTIONS_WORKER_RUNTIME_VERSION SCM_DO_BUILD_DURING_DEPLOYMENT WEBSITE_CONTENTAZUREFILECONNECTIONSTRING WEBSITE_CONTENTOVERVNET
  WEBSITE_CONTENTSHARE WEBSITE_DNS_SERVER WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT WEBSITE_NODE_DEFAULT_VERSION
  WEBSITE_RUN_FROM_PACKAGE WEBSITE_SKIP_CONTENTSHARE_VALIDATION WEBSITE_TIME_ZONE WEBSITE_VNET_ROUTE_ALL`
    .split(/\s+/)
    .map((name) => name.toLowerCase());

/** What the app has to say: nobody reaches /admin, and secrets are read with the app's own identity. */
const SAID: readonly string[] = ['functionsRuntimeAdminIsolationEnabled', 'keyVaultReferenceIdentity', 'httpsOnly'];

export const flex: Rule = (world) => {
  const apps = resourcesOf(world, 'Microsoft.Web/sites');
  const known = [...apps, ...resourcesOf(world, 'Microsoft.Web/sites/config')].flatMap(({ where, body }) =>
    [...Object.keys(fieldsAt(body, 'properties')), ...Object.keys(fieldsAt(body, 'properties', 'siteConfig'))]
      .filter((name) => NOT_ON_FLEX.includes(name.toLowerCase()))
      .map((name): Finding => `${where}: Flex Consumption does not know ${name}`),
  );
  const unsaid = apps.flatMap(({ where, body }) => {
    const properties = fieldsAt(body, 'properties');
    const scale = fieldsAt(properties, 'functionAppConfig', 'scaleAndConcurrency');
    return [
      ...SAID.filter((name) => (properties[name] ?? false) === false),
      ...['alwaysReady', 'triggers', 'maximumInstanceCount'].filter((name) => scale[name] === undefined),
    ].map((name): Finding => `${where}: the app has to say ${name}`);
  });
  return [...known, ...unsaid];
};
