// Is the service there for those who call it? Asked from five places outside of it, because what is down reports nothing.

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The host name of the app.')
param hostName string

@description('The component that keeps the results.')
param insightsName string

@description('The people who are mailed.')
param actionGroupId string

var places = ['emea-nl-ams-azr', 'emea-gb-db3-azr', 'us-va-ash-azr', 'us-ca-sjc-azr', 'apac-sg-sin-azr']

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource ready 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'ready-${insightsName}'
  location: location
  tags: union(tags, { 'hidden-link:${insights.id}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'ready-${insightsName}'
    Name: 'Reprieve is ready'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 60
    RetryEnabled: true
    Locations: [for place in places: { Id: place }]
    Request: { RequestUrl: 'https://${hostName}/api/health/ready', HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 14 }
  }
}

resource away 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-reprieve-away'
  location: 'global'
  tags: tags
  properties: {
    description: 'The service does not answer, or says that it is not ready'
    severity: 0
    enabled: true
    scopes: [ready.id, insights.id]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: ready.id
      componentId: insights.id
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
