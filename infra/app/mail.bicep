@description('A suffix that makes names unique.')
param suffix string

@description('The geography where data at rest is stored.')
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

@description('The address that accepts mails.')
output endpoint string = 'https://${communication.properties.hostName}'

@description('The sender of the mails. A managed domain has this sender from the start; fromSenderDomain is what people see, mailFromSenderDomain only the envelope.')
output sender string = 'DoNotReply@${domain.properties.fromSenderDomain}'
