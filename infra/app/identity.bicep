@description('The name of the identity.')
param name string

@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Its name, for whoever attaches it.')
output name string = identity.name

@description('What roles are assigned to.')
output principalId string = identity.properties.principalId

@description('By what the app and the host ask for its tokens.')
output clientId string = identity.properties.clientId
