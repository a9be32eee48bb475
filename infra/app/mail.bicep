@description('What makes names unique.')
param suffix string

@description('Where data at rest is kept.')
param dataLocation string

@description('Tags of every resource.')
param tags object

resource emailService 'Microsoft.Communication/emailServices@2025-05-01' = {
  name: 'email-reprieve-${suffix}'
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation }
}

resource domain 'Microsoft.Communication/emailServices/domains@2025-05-01' = {
  parent: emailService
  name: 'AzureManagedDomain'
  location: 'global'
  tags: tags
  properties: { domainManagement: 'AzureManaged', userEngagementTracking: 'Disabled' }
}

resource communication 'Microsoft.Communication/communicationServices@2025-05-01' = {
  name: 'acs-reprieve-${suffix}'
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation, disableLocalAuth: true, linkedDomains: [domain.id] }
}

@description('The name of the service.')
output communicationName string = communication.name

@description('Where mails are handed in.')
output endpoint string = 'https://${communication.properties.hostName}'

@description('Who they are from. A managed domain knows this name without being told.')
output sender string = 'DoNotReply@${domain.properties.mailFromSenderDomain}'
