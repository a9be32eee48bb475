// The secrets of the app, in a key vault of their own. The app's settings only refer to them. A secret that is not passed stays as it is.

@description('The name of the key vault.')
@maxLength(24)
param name string

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Whether only private endpoints reach the key vault.')
param closed bool

@description('The pepper of the security PINs. Empty: it stays.')
@secure()
param pinPepper string

@description('The key that seals the entries of histories. Empty: it stays.')
@secure()
param evidenceKey string

@description('The key that Event Grid sends with delivery reports. Empty: it stays.')
@secure()
param deliveryWebhookKey string

// Deployments read the key for Event Grid from here, through the firewall too.
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 90
    enabledForTemplateDeployment: true
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
    networkAcls: { bypass: 'AzureServices', defaultAction: closed ? 'Deny' : 'Allow' }
  }
}

resource pepper 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(pinPepper)) {
  parent: vault
  name: 'pin-pepper'
  properties: { value: pinPepper, contentType: 'text/plain' }
}

resource evidence 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(evidenceKey)) {
  parent: vault
  name: 'evidence-key'
  properties: { value: evidenceKey, contentType: 'text/plain' }
}

resource webhookKey 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(deliveryWebhookKey)) {
  parent: vault
  name: 'delivery-webhook-key'
  properties: { value: deliveryWebhookKey, contentType: 'text/plain' }
}

@description('The name of the key vault.')
output name string = vault.name
