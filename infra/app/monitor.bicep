@description('A suffix that makes names unique.')
param suffix string

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-reprieve-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    // Longer than anything can stay in the trash: an inquiry into a purge finds the deletion, too.
    retentionInDays: 365
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-reprieve-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
  }
}

@description('The workspace that keeps all logs.')
output workspaceId string = workspace.id

@description('The name of the component.')
output insightsName string = insights.name

@description('The address for telemetry. It is no secret: telemetry without a token is not accepted.')
output insightsConnection string = insights.properties.ConnectionString
