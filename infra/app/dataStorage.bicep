// The account with all data of the service. Tables have no versions and no soft delete, so the account itself is locked. The lock does not
// stop who may write tables from deleting one: only the app's identity may, and queries/tableDeleted.kql alerts when one is deleted.

@description('The name of the account.')
@maxLength(24)
param name string

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The redundancy of the account.')
param redundancy string

@description('Whether only private endpoints reach the account.')
param closed bool

var tables = ['vaults', 'agenda', 'registry']
var queues = [
  'notifications'
  'notifications-poison'
  'notifications-urgent'
  'notifications-urgent-poison'
  'sweep-shards'
  'sweep-shards-poison'
]

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

@description('The address of its tables.')
output tableServiceUri string = account.properties.primaryEndpoints.table

@description('The address of its queues.')
output queueServiceUri string = account.properties.primaryEndpoints.queue
