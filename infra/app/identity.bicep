@description('The name of the identity.')
param name string

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('The id that attaches it to a resource.')
output name string = identity.name

@description('The principal that roles are assigned to.')
output principalId string = identity.properties.principalId

@description('The client id that the app and the host use to get tokens.')
output clientId string = identity.properties.clientId
