// The account with everything that the service knows. Tables cannot be versioned or soft-deleted, so the account itself is locked.

@description('The name of the account.')
@maxLength(24)
param name string

@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags object

@description('How it is kept.')
param redundancy string

@description('Reachable by private endpoints only.')
param closed bool

var tables = ['vaults', 'agenda', 'registry']
var queues = ['notifications', 'notifications-poison', 'sweep-shards', 'sweep-shards-poison']

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
    networkAcls: { bypass: 'None', defaultAction: closed ? 'Deny' : 'Allow' }
  }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' = [
  for one in tables: {
    parent: tableService
    name: one
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' = [
  for one in queues: {
    parent: queueService
    name: one
  }
]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: account
  name: 'keep-the-data'
  properties: { level: 'CanNotDelete', notes: 'Nothing brings the tables back.' }
}

@description('The name of the account.')
output name string = account.name

@description('Where its tables are.')
output tableServiceUri string = account.properties.primaryEndpoints.table

@description('Where its queues are.')
output queueServiceUri string = account.properties.primaryEndpoints.queue
