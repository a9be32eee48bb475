// The app sends its traffic through a subnet of its own, where both storage accounts and the vault have private addresses.

@description('A suffix that makes names unique.')
param suffix string

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The account of the Functions host.')
param hostStorageName string

@description('The account with the data.')
param dataStorageName string

@description('The vault with the secrets.')
param vaultName string

var storageDns = environment().suffixes.storage
// A vault's private zone is not called as its public one is.
var zoneNames = [
  'privatelink.blob.${storageDns}'
  'privatelink.queue.${storageDns}'
  'privatelink.table.${storageDns}'
  'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
]
var accounts = 'Microsoft.Storage/storageAccounts'
var endpoints = [
  { key: 'host-blob', target: resourceId(accounts, hostStorageName), service: 'blob', zone: 0 }
  { key: 'host-table', target: resourceId(accounts, hostStorageName), service: 'table', zone: 2 }
  { key: 'data-queue', target: resourceId(accounts, dataStorageName), service: 'queue', zone: 1 }
  { key: 'data-table', target: resourceId(accounts, dataStorageName), service: 'table', zone: 2 }
  { key: 'vault', target: resourceId('Microsoft.KeyVault/vaults', vaultName), service: 'vault', zone: 3 }
]

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: 'vnet-reprieve-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      {
        name: 'endpoints'
        properties: { addressPrefix: '10.0.1.0/24', privateEndpointNetworkPolicies: 'Disabled' }
      }
      {
        name: 'app'
        properties: {
          addressPrefix: '10.0.2.0/24'
          delegations: [{ name: 'app', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
    ]
  }
}

resource endpointSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-07-01' existing = {
  parent: network
  name: 'endpoints'
}

resource appSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-07-01' existing = {
  parent: network
  name: 'app'
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zoneName in zoneNames: {
    name: zoneName
    location: 'global'
    tags: tags
  }
]

resource zoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zoneName, at) in zoneNames: {
    parent: zone[at]
    name: 'app'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

// One after another: an account refuses a second endpoint while it works on the first.
@batchSize(1)
resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = [
  for one in endpoints: {
    name: 'pe-${one.key}-${suffix}'
    location: location
    tags: tags
    properties: {
      subnet: { id: endpointSubnet.id }
      privateLinkServiceConnections: [
        {
          name: one.key
          properties: {
            privateLinkServiceId: one.target
            groupIds: [one.service]
          }
        }
      ]
    }
  }
]

resource endpointZones 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [
  for (one, at) in endpoints: {
    parent: endpoint[at]
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: one.service, properties: { privateDnsZoneId: zone[one.zone].id } }] }
  }
]

@description('The subnet of the app\'s outgoing traffic.')
output appSubnetId string = appSubnet.id
