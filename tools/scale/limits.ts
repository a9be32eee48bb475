/** What Azure publishes. Each figure stood on its page on the day on which a stored copy of the page was read. */
export interface Published {
  readonly is: number;
  readonly what: string;
  readonly page: string;
  readonly read: string;
}

const READ = '2026-11-27';
const TABLES = 'https://learn.microsoft.com/en-us/azure/storage/tables/scalability-targets';
const QUEUES = 'https://learn.microsoft.com/en-us/azure/storage/queues/scalability-targets';
const ACCOUNTS = 'https://docs.microsoft.com/en-us/azure/storage/common/scalability-targets-standard-account';
const FLEX = 'https://learn.microsoft.com/en-us/azure/azure-functions/flex-consumption-plan';
const MAIL = 'https://learn.microsoft.com/en-us/azure/communication-services/concepts/email/sdk-features';

const on =
  (page: string) =>
  (is: number, what: string): Published => ({ is, what, page, read: READ });
const ofTables = on(TABLES);
const ofQueues = on(QUEUES);

export const LIMITS = {
  account: ofTables(20_000, 'table transactions a second in one storage account, with entities of 1 KiB'),
  partition: ofTables(2000, 'entities of 1 KiB a second in one partition of a table'),
  transactionRows: ofTables(100, 'entities in one transaction'),
  transactionMiB: ofTables(4, 'MiB in one transaction'),
  rowMiB: ofTables(1, 'MiB in one entity'),
  queue: ofQueues(2000, 'messages of 1 KiB a second in one queue'),
  queuesOfAccount: ofQueues(20_000, 'messages of 1 KiB a second in one storage account'),
  messageKiB: ofQueues(64, 'KiB in one message'),
  accounts: on(ACCOUNTS)(250, 'storage accounts in one region and subscription, before anybody asks for more'),
  instances: on(FLEX)(1000, 'instances of a function app on the plan Flex Consumption'),
  mailsAMinute: on(MAIL)(30, 'mails a minute from one subscription, before anybody asks for more'),
  mailsAnHour: on(MAIL)(100, 'mails an hour from one subscription, before anybody asks for more'),
} as const;
