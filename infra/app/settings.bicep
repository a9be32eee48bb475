// The settings of the app: what src/config.ts reads, and what the host needs. `npm run check:infra` holds them together.

@description('The app that has them.')
param appName string

@description('The identity by which everything is asked for.')
param clientId string

@description('The account of the Functions host.')
param hostStorageName string

@description('Where the tables are.')
param tableServiceUri string

@description('Where the queues are.')
param queueServiceUri string

@description('Where telemetry is sent.')
param insightsConnection string

@description('Who issues the tokens.')
param identityIssuer string

@description('Whom they are for.')
param identityAudience string

@description('Where the issuer\'s keys are.')
param identityJwks string

@description('Whose tokens are taken.')
param identityTenants string

@description('The authentication context that a second factor proves.')
param stepUpContext string

@description('When the sweep runs.')
param sweepSchedule string

@description('The belt.')
param sweepMaxPurges int

@description('How long one sweep may begin new work.')
param sweepBudgetSeconds int

@description('Above so many hints the work is spread.')
param sweepSpreadAbove int

@description('Where mails are handed in.')
param mailEndpoint string

@description('Who they are from.')
param mailSender string

@description('How many a minute.')
param mailPerMinute int

@description('Who hears of what concerns the service as a whole.')
param mailOperators string

@description('What Event Grid has to know.')
@secure()
param deliveryWebhookKey string

@description('The pepper of the security PINs.')
@secure()
param pinPepper string

@description('By what people sign in to the portal.')
param portalClientId string

@description('Where metrics go.')
param metricsEndpoint string

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: hostStorageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: clientId
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
    STEP_UP_CONTEXT: stepUpContext
    SWEEP_SCHEDULE: sweepSchedule
    SWEEP_MAX_PURGES: string(sweepMaxPurges)
    SWEEP_BUDGET_SECONDS: string(sweepBudgetSeconds)
    SWEEP_SPREAD_ABOVE: string(sweepSpreadAbove)
    MAIL_ENDPOINT: mailEndpoint
    MAIL_SENDER: mailSender
    MAIL_PER_MINUTE: string(mailPerMinute)
    MAIL_OPERATORS: mailOperators
    DELIVERY_WEBHOOK_KEY: deliveryWebhookKey
    PIN_PEPPER: pinPepper
    PORTAL_CLIENT_ID: portalClientId
    METRICS_ENDPOINT: metricsEndpoint
  }
}
