// Communication Services report the delivery of each mail to the app. Event Grid asks the app first, so the app has to run.

@description('Tags of every resource.')
param tags object

@description('The service that sends the mails.')
param communicationName string

@description('The app that receives the reports.')
param appName string

@description('The key that proves a report to the app.')
@secure()
param webhookKey string

resource communication 'Microsoft.Communication/communicationServices@2025-05-01' existing = {
  name: communicationName
}

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${communicationName}'
  location: 'global'
  tags: tags
  properties: { source: communication.id, topicType: 'Microsoft.Communication.CommunicationServices' }
}

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'delivery-reports'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    filter: { includedEventTypes: ['Microsoft.Communication.EmailDeliveryReportReceived'] }
    retryPolicy: { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 }
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${app.properties.defaultHostName}/api/alerts/deliveryReports'
        minimumTlsVersionAllowed: '1.2'
        maxEventsPerBatch: 10
        deliveryAttributeMappings: [
          { name: 'x-reprieve-webhook-key', type: 'Static', properties: { value: webhookKey, isSecret: true } }
        ]
      }
    }
  }
}
