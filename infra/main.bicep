targetScope = 'subscription'

@description('The name of this environment. It is part of the resource group\'s name and of every tag.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('The Azure region of all resources.')
@minLength(1)
param location string

@description('The geography where Communication Services store data at rest.')
param mailDataLocation string = 'Europe'

@description('Further tags for every resource.')
param tags object = {}

@description('The audience of the tokens: the application id that entra.sh prints.')
@minLength(1)
param identityAudience string

@description('The applications by which people get their tokens: the ids that entra.sh prints, separated by commas.')
@minLength(1)
param identityClients string

@description('The scope that the token of a person must have.')
param identityScope string = 'access'

@description('The authentication context that proves a second factor.')
param stepUpContext string = 'c1'

@description('The schedule of the sweep: six fields, seconds first, UTC.')
param sweepSchedule string = '0 */5 * * * *'

@description('When no sweep ran for this long, an alert fires. Use twice the interval of the schedule.')
@allowed(['PT10M', 'PT30M', 'PT1H', 'PT2H'])
param sweepMissingAfter string = 'PT10M'

@description('The belt: when more items than this are due at once, no purge happens until an operator releases them.')
param sweepMaxPurges int = 1000

@description('The same for the purges of 24 hours. 0 is ten times as many as at once.')
param sweepMaxPurgesPerDay int = 0

@description('The belt of a vault: when a larger percentage of its items than this is due, and a hundred or more, none of them is purged. 100 is off.')
@minValue(1)
@maxValue(100)
param sweepMaxPercent int = 30

@description('How long people have after the last reminder before an item is purged. PT0S: nobody needs to be reminded.')
param purgeNotice string = 'PT24H'

@description('How long after its period an item waits for people who cannot be told; then it is purged all the same.')
param purgeUntoldMax string = 'P30D'

@description('For how many seconds a sweep of the timer may begin new work.')
param sweepBudgetSeconds int = 240

@description('The same for a sweep that is asked for over HTTP: the front end waits 230 seconds for an answer.')
@minValue(1)
@maxValue(200)
param sweepHttpBudgetSeconds int = 120

@description('When more hints than this are due, the timer spreads the work over the queue.')
param sweepSpreadAbove int = 5000

@description('How many requests of sweeps may be on their way to storage at a time, in each instance.')
@minValue(1)
@maxValue(64)
param sweepInFlight int = 32

@description('Mails a minute, for all instances together. An Azure-managed domain allows 5.')
param mailPerMinute int = 5

@description('The most single mails to one address within an hour. What is more is told to it in bundles, one every five minutes.')
@minValue(1)
@maxValue(1000)
param mailPerRecipientPerHour int = 20

@description('Addresses, separated by commas, that the service mails about itself, about weakened controls, and about vaults that name nobody. If it is empty, these mails go to alarmAddresses.')
param mailOperators string = ''

@description('Addresses, separated by commas, that Azure Monitor mails when an alert fires. These mails do not use our own mailer.')
@minLength(3)
param alarmAddresses string

@description('The key that Event Grid sends with delivery reports: 16 to 200 characters. It is needed once; empty later means that it stays.')
@secure()
param deliveryWebhookKey string = ''

@description('The pepper of the security PINs: 32 to 500 characters. It is needed once; empty later means that it stays. A new one makes every PIN invalid.')
@secure()
param pinPepper string = ''

@description('The key that seals the entries of histories: 32 to 500 characters, several separated by commas. It is needed once; empty later means that it stays. A new one goes before the old ones.')
@secure()
param evidenceKey string = ''

@description('The app registration that people use to sign in to the portal. entra.sh prints it.')
@minLength(1)
param portalClientId string

@description('The collector that receives metrics as OTLP over HTTP: an address that ends in /v1/metrics. If it is empty, no metrics are sent.')
param metricsEndpoint string = ''

@description('Turns delivery reports on. Event Grid needs a running app for this, so leave it off at the first deployment.')
param deliveryReportsOn bool = false

@description('Creates a network with private endpoints for both storage accounts and the vault.')
param withNetwork bool = false

@description('The redundancy of both storage accounts. GZRS and RAGZRS survive the loss of a region.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS', 'Standard_RAGRS', 'Standard_RAGZRS'])
param dataRedundancy string = 'Standard_ZRS'

@description('The most instances of each function that scales on its own.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('How many instances always wait for HTTP requests, so that nobody meets a cold start. 0 costs nothing.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 1

@description('How many HTTP requests one instance works on at once.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 16

@description('When more items than this are purged within an hour, an alert fires.')
param purgeSpike int = 500

@description('What a month may cost before Azure mails the alarm addresses, in the currency of the bill. 0: no budget.')
@minValue(0)
param monthlyBudget int = 100

@description('The first day of the month in which the budget begins, such as 2026-11-01. It cannot be changed later.')
@minLength(10)
@maxLength(10)
param budgetFrom string = utcNow('yyyy-MM-01')

var token = toLower(uniqueString(subscription().id, environmentName, location))
var everyTag = union(tags, { 'azd-env-name': environmentName, service: 'reprieve' })
var vaultName = 'kv-rp-${token}'
var login = environment().authentication.loginEndpoint
var tenantId = tenant().tenantId

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-reprieve-${environmentName}'
  location: location
  tags: everyTag
}

module identity 'app/identity.bicep' = {
  name: 'identity'
  scope: group
  params: { name: 'id-reprieve-${token}', location: location, tags: everyTag }
}

module monitor 'app/monitor.bicep' = {
  name: 'monitor'
  scope: group
  params: { suffix: token, location: location, tags: everyTag }
}

module hostStorage 'app/hostStorage.bicep' = {
  name: 'hostStorage'
  scope: group
  params: {
    name: 'strphost${token}'
    location: location
    tags: everyTag
    redundancy: dataRedundancy
    closed: withNetwork
  }
}

module dataStorage 'app/dataStorage.bicep' = {
  name: 'dataStorage'
  scope: group
  params: {
    name: 'strpdata${token}'
    location: location
    tags: everyTag
    redundancy: dataRedundancy
    closed: withNetwork
  }
}

module mail 'app/mail.bicep' = {
  name: 'mail'
  scope: group
  params: { suffix: token, dataLocation: mailDataLocation, tags: everyTag }
}

module vault 'app/keyVault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: vaultName
    location: location
    tags: everyTag
    closed: withNetwork
    pinPepper: pinPepper
    evidenceKey: evidenceKey
    deliveryWebhookKey: deliveryWebhookKey
  }
}

module network 'app/network.bicep' = if (withNetwork) {
  name: 'network'
  scope: group
  params: {
    suffix: token
    location: location
    tags: everyTag
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    vaultName: vault.outputs.name
  }
}

module roles 'app/roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    principalId: identity.outputs.principalId
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    communicationName: mail.outputs.communicationName
    insightsName: monitor.outputs.insightsName
    vaultName: vault.outputs.name
  }
}

module functions 'app/functions.bicep' = {
  name: 'functions'
  scope: group
  params: {
    suffix: token
    location: location
    tags: everyTag
    identityName: identity.outputs.name
    packageContainer: hostStorage.outputs.packageContainer
    subnetId: withNetwork ? network!.outputs.appSubnetId : ''
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    httpConcurrency: httpConcurrency
  }
  dependsOn: [roles]
}

module settings 'app/settings.bicep' = {
  name: 'settings'
  scope: group
  params: {
    appName: functions.outputs.name
    clientId: identity.outputs.clientId
    hostStorageName: hostStorage.outputs.name
    tableServiceUri: dataStorage.outputs.tableServiceUri
    queueServiceUri: dataStorage.outputs.queueServiceUri
    insightsConnection: monitor.outputs.insightsConnection
    identityIssuer: '${login}${tenantId}/v2.0'
    identityAudience: identityAudience
    identityJwks: '${login}${tenantId}/discovery/v2.0/keys'
    identityTenants: tenantId
    identityClients: identityClients
    identityScope: identityScope
    stepUpContext: stepUpContext
    sweepSchedule: sweepSchedule
    sweepMaxPurges: sweepMaxPurges
    sweepMaxPurgesPerDay: sweepMaxPurgesPerDay
    sweepMaxPercent: sweepMaxPercent
    purgeNotice: purgeNotice
    purgeUntoldMax: purgeUntoldMax
    sweepBudgetSeconds: sweepBudgetSeconds
    sweepHttpBudgetSeconds: sweepHttpBudgetSeconds
    sweepSpreadAbove: sweepSpreadAbove
    sweepInFlight: sweepInFlight
    mailEndpoint: mail.outputs.endpoint
    mailSender: mail.outputs.sender
    mailPerMinute: mailPerMinute
    mailPerRecipientPerHour: mailPerRecipientPerHour
    mailOperators: empty(mailOperators) ? alarmAddresses : mailOperators
    vaultName: vault.outputs.name
    portalClientId: portalClientId
    metricsEndpoint: metricsEndpoint
  }
  dependsOn: [roles]
}

module diagnostics 'app/diagnostics.bicep' = {
  name: 'diagnostics'
  scope: group
  params: {
    workspaceId: monitor.outputs.workspaceId
    appName: functions.outputs.name
    dataStorageName: dataStorage.outputs.name
    communicationName: mail.outputs.communicationName
  }
}

module watch 'app/watch.bicep' = {
  name: 'watch'
  scope: group
  params: {
    location: location
    tags: everyTag
    workspaceId: monitor.outputs.workspaceId
    dataStorageName: dataStorage.outputs.name
    alarmAddresses: alarmAddresses
    sweepMissingAfter: sweepMissingAfter
    purgeSpike: purgeSpike
  }
  dependsOn: [diagnostics]
}

module outside 'app/outside.bicep' = {
  name: 'outside'
  scope: group
  params: {
    location: location
    tags: everyTag
    hostName: functions.outputs.hostName
    insightsName: monitor.outputs.insightsName
    actionGroupId: watch.outputs.actionGroupId
  }
}

module budget 'app/budget.bicep' = if (monthlyBudget > 0) {
  name: 'budget'
  scope: group
  params: { amount: monthlyBudget, from: budgetFrom, alarmAddresses: alarmAddresses }
}

resource secrets 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  scope: group
  name: vaultName
}

module deliveryReports 'app/deliveryReports.bicep' = if (deliveryReportsOn) {
  name: 'deliveryReports'
  scope: group
  params: {
    tags: everyTag
    communicationName: mail.outputs.communicationName
    appName: functions.outputs.name
    webhookKey: secrets.getSecret('delivery-webhook-key')
  }
  dependsOn: [settings]
}

@description('The address of the service.')
output SERVICE_API_URI string = 'https://${functions.outputs.hostName}/api'

@description('The app that azd deploys the package to.')
output SERVICE_API_NAME string = functions.outputs.name

@description('The resource group, for the commands in docs/deploy.md.')
output AZURE_RESOURCE_GROUP string = group.name

// What this deployment was given, for the next one: `azd env refresh` reads it into an empty environment, so that whoever passes one value
// resets no other. As text, because azd would write a million as 1e+06.

@description('Given to this deployment.')
output MAIL_DATA_LOCATION string = mailDataLocation

@description('Given to this deployment.')
output IDENTITY_AUDIENCE string = identityAudience

@description('Given to this deployment.')
output IDENTITY_CLIENTS string = identityClients

@description('Given to this deployment.')
output IDENTITY_SCOPE string = identityScope

@description('Given to this deployment.')
output STEP_UP_CONTEXT string = stepUpContext

@description('Given to this deployment.')
output SWEEP_SCHEDULE string = sweepSchedule

@description('Given to this deployment.')
output SWEEP_MISSING_AFTER string = sweepMissingAfter

@description('Given to this deployment.')
output SWEEP_MAX_PURGES string = string(sweepMaxPurges)

@description('Given to this deployment.')
output SWEEP_MAX_PURGES_PER_DAY string = string(sweepMaxPurgesPerDay)

@description('Given to this deployment.')
output SWEEP_MAX_PERCENT string = string(sweepMaxPercent)

@description('Given to this deployment.')
output PURGE_NOTICE string = purgeNotice

@description('Given to this deployment.')
output PURGE_UNTOLD_MAX string = purgeUntoldMax

@description('Given to this deployment.')
output SWEEP_BUDGET_SECONDS string = string(sweepBudgetSeconds)

@description('Given to this deployment.')
output SWEEP_SPREAD_ABOVE string = string(sweepSpreadAbove)

@description('Given to this deployment.')
output SWEEP_IN_FLIGHT string = string(sweepInFlight)

@description('Given to this deployment.')
output MAIL_PER_MINUTE string = string(mailPerMinute)

@description('Given to this deployment.')
output MAIL_PER_RECIPIENT_PER_HOUR string = string(mailPerRecipientPerHour)

@description('Given to this deployment.')
output MAIL_OPERATORS string = mailOperators

@description('Given to this deployment.')
output ALARM_ADDRESSES string = alarmAddresses

@description('Given to this deployment.')
output PORTAL_CLIENT_ID string = portalClientId

@description('Given to this deployment.')
output METRICS_ENDPOINT string = metricsEndpoint

@description('Given to this deployment.')
output DELIVERY_REPORTS_ON string = string(deliveryReportsOn)

@description('Given to this deployment.')
output WITH_NETWORK string = string(withNetwork)

@description('Given to this deployment.')
output DATA_REDUNDANCY string = dataRedundancy

@description('Given to this deployment.')
output MAXIMUM_INSTANCES string = string(maximumInstances)

@description('Given to this deployment.')
output ALWAYS_READY string = string(alwaysReady)

@description('Given to this deployment.')
output HTTP_CONCURRENCY string = string(httpConcurrency)

@description('Given to this deployment.')
output PURGE_SPIKE string = string(purgeSpike)

@description('Given to this deployment.')
output MONTHLY_BUDGET string = string(monthlyBudget)

@description('Given to this deployment.')
output BUDGET_FROM string = budgetFrom
