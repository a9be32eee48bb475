// Mails people when a month becomes dear. It stops nothing.

@description('US dollars, or whatever the subscription is billed in, a month.')
param amount int

@description('The first day of the month in which the budget begins. It cannot be changed later.')
param from string

@description('Addresses, separated by commas.')
param alarmAddresses string

var addresses = map(split(alarmAddresses, ','), address => trim(address))

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'budget-reprieve'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: from }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: addresses
      }
      expected: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: addresses
      }
    }
  }
}
