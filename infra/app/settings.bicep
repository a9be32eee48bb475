// The settings of the app: what src/config.ts reads, and what the host needs. `npm run check:infra` compares them.

@description('The app that gets the settings.')
param appName string

@description('The identity that the app uses for all its calls.')
param clientId string

@description('The account of the Functions host.')
param hostStorageName string

@description('The address of the tables.')
param tableServiceUri string

@description('The address of the queues.')
param queueServiceUri string

@description('The address for telemetry.')
param insightsConnection string

@description('The issuer of the tokens.')
param identityIssuer string

@description('The audience of the tokens.')
param identityAudience string

@description('The address of the issuer\'s keys.')
param identityJwks string

@description('The tenants whose tokens are accepted.')
param identityTenants string

@description('The applications by which people get their tokens.')
param identityClients string

@description('The scope that the token of a person must have.')
param identityScope string

@description('The authentication context that proves a second factor.')
param stepUpContext string

@description('The schedule of the sweep.')
param sweepSchedule string

@description('The belt: the most purges at once without a release.')
param sweepMaxPurges int

@description('The belt of a day: the most purges within 24 hours without a release. 0 is ten times as many as at once.')
param sweepMaxPurgesPerDay int

@description('The belt of a vault: the largest percentage of its items that is purged at once without a release.')
param sweepMaxPercent int

@description('How long people have after the last reminder before an item is purged. PT0S: nobody needs to be reminded.')
param purgeNotice string

@description('How long after its period an item waits for people who cannot be told; then it is purged all the same.')
param purgeUntoldMax string

@description('For how many seconds a sweep of the timer may begin new work.')
param sweepBudgetSeconds int

@description('The same for a sweep that is asked for over HTTP.')
param sweepHttpBudgetSeconds int

@description('When more hints than this are due, the work is spread over the queue.')
param sweepSpreadAbove int

@description('How many requests of sweeps may be on their way to storage at a time, in each instance.')
param sweepInFlight int

@description('The address that accepts mails.')
param mailEndpoint string

@description('The sender of the mails.')
param mailSender string

@description('Mails a minute.')
param mailPerMinute int

@description('Single mails an hour to one address.')
param mailPerRecipientPerHour int

@description('The addresses for alerts that concern the service as a whole.')
param mailOperators string

@description('The vault with the secrets.')
param vaultName string

@description('The app registration that people use to sign in to the portal.')
param portalClientId string

@description('The collector that receives metrics.')
param metricsEndpoint string

// The app itself refuses what is over 64 KiB, in its own words. This stops what nobody sends by mistake before it costs memory.
var bodyLimit = 262144

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource pepper 'Microsoft.KeyVault/vaults/secrets@2024-11-01' existing = {
  parent: vault
  name: 'pin-pepper'
}

resource evidence 'Microsoft.KeyVault/vaults/secrets@2024-11-01' existing = {
  parent: vault
  name: 'evidence-key'
}

resource webhookKey 'Microsoft.KeyVault/vaults/secrets@2024-11-01' existing = {
  parent: vault
  name: 'delivery-webhook-key'
}

// The references name a version, so that a new secret is a new setting: the app takes it at once, together with Event Grid, and not
// some time within the next day.
resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: hostStorageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: clientId
    AzureWebJobsDisableHomepage: 'true'
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(bodyLimit)
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
    DATA_STORAGE__tableServiceUri: tableServiceUri
    DATA_STORAGE__queueServiceUri: queueServiceUri
    DATA_STORAGE__credential: 'managedidentity'
    DATA_STORAGE__clientId: clientId
    IDENTITY_ISSUER: identityIssuer
    IDENTITY_AUDIENCE: identityAudience
    IDENTITY_JWKS: identityJwks
    IDENTITY_TENANTS: identityTenants
    IDENTITY_CLIENTS: identityClients
    IDENTITY_SCOPE: identityScope
    STEP_UP_CONTEXT: stepUpContext
    SWEEP_SCHEDULE: sweepSchedule
    SWEEP_MAX_PURGES: string(sweepMaxPurges)
    SWEEP_MAX_PURGES_PER_DAY: string(sweepMaxPurgesPerDay == 0 ? 10 * sweepMaxPurges : sweepMaxPurgesPerDay)
    SWEEP_MAX_PERCENT: string(sweepMaxPercent)
    PURGE_NOTICE: purgeNotice
    PURGE_UNTOLD_MAX: purgeUntoldMax
    SWEEP_BUDGET_SECONDS: string(sweepBudgetSeconds)
    SWEEP_HTTP_BUDGET_SECONDS: string(sweepHttpBudgetSeconds)
    SWEEP_SPREAD_ABOVE: string(sweepSpreadAbove)
    SWEEP_IN_FLIGHT: string(sweepInFlight)
    MAIL_ENDPOINT: mailEndpoint
    MAIL_SENDER: mailSender
    MAIL_PER_MINUTE: string(mailPerMinute)
    MAIL_PER_RECIPIENT_PER_HOUR: string(mailPerRecipientPerHour)
    MAIL_OPERATORS: mailOperators
    DELIVERY_WEBHOOK_KEY: '@Microsoft.KeyVault(SecretUri=${webhookKey.properties.secretUriWithVersion})'
    EVIDENCE_KEY: '@Microsoft.KeyVault(SecretUri=${evidence.properties.secretUriWithVersion})'
    PIN_PEPPER: '@Microsoft.KeyVault(SecretUri=${pepper.properties.secretUriWithVersion})'
    PORTAL_CLIENT_ID: portalClientId
    METRICS_ENDPOINT: metricsEndpoint
  }
}
