import type { Command } from './command.ts';
import { approvalCommands } from './commands/approvals.ts';
import { evidenceCommands } from './commands/evidence.ts';
import { executorCommands } from './commands/executors.ts';
import { itemChanges } from './commands/itemChanges.ts';
import { itemReading } from './commands/items.ts';
import { kindCommands } from './commands/kinds.ts';
import { mailCommands } from './commands/mails.ts';
import { operationCommands } from './commands/operations.ts';
import { orderCommands } from './commands/orders.ts';
import { sweepCommands } from './commands/sweeps.ts';
import { vaultCommands } from './commands/vaults.ts';

/** The whole command line, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  ...vaultCommands,
  ...itemReading,
  ...itemChanges,
  ...sweepCommands,
  ...mailCommands,
  ...evidenceCommands,
  ...approvalCommands,
  ...operationCommands,
  ...executorCommands,
  ...orderCommands,
  ...kindCommands,
];

export const GROUPS: Readonly<Record<string, string>> = {
  vaults: 'The vaults.',
  items: 'The backup items of a vault: list, show, stop, undelete, resume, explain, receipt.',
  alerts: 'What happened that people should know about.',
  grants: 'What the keepers of a guard allow: list, request, approve, deny, revoke.',
  executors: 'Apps that destroy what is purged: list, show, set, delete.',
  orders: 'What executors are asked to destroy: list, show, points, recall, resolve.',
  kinds: 'What can be protected: list, show, set, delete.',
  changes: 'Weakenings that wait until they have cooled off: list, approve, cancel.',
  history: 'What was done and what was refused: list, export.',
  deadletters: 'Mails that could not be sent.',
  operation: 'Long work that goes on behind a call: show, results.',
};
