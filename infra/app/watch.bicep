// Who is alerted, when, and what they see. Each figure is one query in infra/queries, and it has an alert and a chart.

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The workspace that the alerts query.')
param workspaceId string

@description('The account with the data.')
param dataStorageName string

@description('Addresses, separated by commas.')
param alarmAddresses string

@description('When no sweep ran for this long, an alert fires.')
param sweepMissingAfter string

@description('More purges than this within an hour fire an alert.')
param purgeSpike int

@description('When an item waits longer than this many seconds for its purge, an alert fires.')
param overdueSeconds int = 900

@description('More failed authentications than this within five minutes fire an alert.')
param authFailureSpike int = 200

var figures = [
  {
    name: 'sweep-missing'
    title: 'No sweep for twice its interval'
    severity: 0
    window: sweepMissingAfter
    measure: 'Count'
    operator: 'LessThan'
    threshold: 1
    query: loadTextContent('../queries/sweepMissing.kql')
  }
  {
    name: 'sweep-failed'
    title: 'A sweep failed, or could not handle an item'
    severity: 1
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/sweepFailed.kql')
  }
  {
    name: 'purge-spike'
    title: 'Unusually many purges'
    severity: 1
    window: 'PT1H'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: purgeSpike
    query: loadTextContent('../queries/purges.kql')
  }
  {
    name: 'oldest-overdue'
    title: 'An item waits too long for its purge'
    severity: 2
    window: 'PT15M'
    measure: 'Maximum'
    operator: 'GreaterThan'
    threshold: overdueSeconds
    query: loadTextContent('../queries/oldestOverdue.kql')
  }
  {
    name: 'untold'
    title: 'An item is due for a day, and its people could not be told'
    severity: 1
    window: 'PT15M'
    measure: 'Maximum'
    operator: 'GreaterThan'
    threshold: 86400
    query: loadTextContent('../queries/untold.kql')
  }
  {
    name: 'orders-unconfirmed'
    title: 'An executor has not said that it destroyed what it was asked to'
    severity: 1
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/ordersUnconfirmed.kql')
  }
  {
    name: 'orders-blocked'
    title: 'An order to destroy waits for a person'
    severity: 1
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/ordersBlocked.kql')
  }
  {
    name: 'poison'
    title: 'A message in the queue failed again and again'
    severity: 1
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/poison.kql')
  }
  {
    name: 'table-deleted'
    title: 'A table was deleted'
    severity: 0
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/tableDeleted.kql')
  }
  {
    name: 'dead-letters'
    title: 'The service gave a mail up'
    severity: 1
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/deadLetters.kql')
  }
  {
    name: 'delivery-failures'
    title: 'Mails went out and did not arrive'
    severity: 2
    window: 'PT1H'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 5
    query: loadTextContent('../queries/deliveryFailures.kql')
  }
  {
    name: 'permanent-deletions'
    title: 'Backup data was deleted for good, at once'
    severity: 1
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/permanentDeletions.kql')
  }
  {
    name: 'weakened-controls'
    title: 'What protects data, or makes its loss seen, was weakened'
    severity: 1
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/weakenedControls.kql')
  }
  {
    name: 'broken-evidence'
    title: 'A history does not hold: somebody changed it behind the service'
    severity: 0
    window: 'PT15M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/brokenEvidence.kql')
  }
  {
    name: 'pin-lockouts'
    title: 'Someone guesses security PINs'
    severity: 1
    window: 'PT5M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    query: loadTextContent('../queries/pinLockouts.kql')
  }
  {
    name: 'auth-failures'
    title: 'Unusually many failed authentications'
    severity: 2
    window: 'PT5M'
    measure: 'Total'
    operator: 'GreaterThan'
    threshold: authFailureSpike
    query: loadTextContent('../queries/authFailures.kql')
  }
]

var charts = [
  for one in figures: {
    type: 3
    name: one.name
    content: {
      version: 'KqlItem/1.0'
      title: one.title
      query: one.query
      size: 1
      timeContext: { durationMs: 604800000 }
      queryType: 0
      resourceType: 'microsoft.operationalinsights/workspaces'
      crossComponentResources: [workspaceId]
      visualization: 'timechart'
    }
  }
]

resource dataStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: dataStorageName
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-reprieve'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'reprieve'
    emailReceivers: [
      for (address, at) in split(alarmAddresses, ','): {
        name: 'mail-${at}'
        emailAddress: trim(address)
        useCommonAlertSchema: true
      }
    ]
  }
}

// The queries are not validated at creation: a new workspace has no tables before their first line.
resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for one in figures: {
    name: 'alert-reprieve-${one.name}'
    location: location
    tags: tags
    properties: {
      displayName: 'Reprieve: ${one.title}'
      description: one.title
      severity: one.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: one.window
      skipQueryValidation: true
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: one.query
            timeAggregation: one.measure
            metricMeasureColumn: one.measure == 'Count' ? null : 'value'
            operator: one.operator
            threshold: one.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

resource storageAnswers 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-reprieve-storage'
  location: 'global'
  tags: tags
  properties: {
    description: 'The data account does not answer as it should'
    severity: 1
    enabled: true
    scopes: [dataStorage.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'availability'
          metricName: 'Availability'
          operator: 'LessThan'
          threshold: 99
          timeAggregation: 'Average'
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'reprieve-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Reprieve'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string({ version: 'Notebook/1.0', items: charts })
  }
}

@description('The people who are mailed.')
output actionGroupId string = people.id
