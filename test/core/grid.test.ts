/**
 * The grid of the specification, copied by hand: an oracle of its own, which takes nothing from the transition table. Refusals
 * are the API's codes. `=` is accepted and changes nothing; a state's name is where it leads.
 */
import { describe, expect, test } from 'vitest';
import { ITEM_STATES, type Item } from '../../src/core/item.ts';
import { type Circumstances, decide } from '../../src/core/lifecycle.ts';
import type { Verb } from '../../src/core/transitions.ts';
import { anItem, anOrder, aPolicy, aVault, later, NOON } from '../support/builders.ts';

const LEASED = anOrder({ lease: { until: later(15), holder: { tid: 't', oid: 'o' } } });
const AGEING = aVault({ immutability: 'Unlocked' });
const MARS = { workload: 'MARS', server: 'srv-1' } as const;

interface Operation {
  readonly verb: Verb;
  readonly around?: Partial<Circumstances>;
  readonly item?: object;
}

const OPERATIONS = {
  'stop, retain': { verb: 'stopRetain' },
  'stop, retain per policy, immutable vault': { verb: 'stopRetainPerPolicy', around: { vault: AGEING } },
  'stop, retain per policy, Backup vault': { verb: 'stopRetainPerPolicy', around: { vault: aVault({}, 'Backup') } },
  'stop, retain per policy, otherwise': { verb: 'stopRetainPerPolicy' },
  'stop, delete, soft delete on': { verb: 'softDelete' },
  'stop, delete, soft delete off': { verb: 'hardDelete' },
  'undelete in time': { verb: 'undelete', around: { now: later(14, -1) } },
  'undelete too late': { verb: 'undelete', around: { now: later(14) } },
  'undelete again': { verb: 'undelete', around: { now: later(1) }, item: { undeleted: true } },
  'resume, same policy': { verb: 'resume', around: { policy: aPolicy('DAILY') } },
  'resume, another policy': { verb: 'resume', around: { policy: aPolicy('weekly') } },
  'change policy': { verb: 'changePolicy', around: { policy: aPolicy('weekly') } },
  restore: { verb: 'restore' },
  'backup now': { verb: 'backup' },
  'record a point': { verb: 'recordPoint' },
  'protect the same again': { verb: 'protect', around: { sameProtection: true } },
  'protect otherwise': { verb: 'protect' },
  'protect, recover': { verb: 'protect', around: { recover: true } },
  'protect, recover too late': { verb: 'protect', around: { recover: true, now: later(14) } },
  'protect, hybrid': { verb: 'protect', item: MARS },
  'sweep before it is due': { verb: 'purge', around: { now: later(14, -1) } },
  'sweep when it is due': { verb: 'purge', around: { now: later(14) } },
  'sweep when it is due, ordered': { verb: 'purge', around: { now: later(14) }, item: { order: anOrder() } },
  'order before it is due': { verb: 'order', around: { now: later(14, -1) } },
  'order when it is due': { verb: 'order', around: { now: later(14) } },
  'refuse or recall, untouched': { verb: 'reprieve', item: { order: anOrder() } },
  'refuse or recall, touched': { verb: 'reprieve', item: { order: anOrder({ isTouched: true }) } },
  'recall, leased': { verb: 'reprieve', item: { order: LEASED } },
  'refuse, leased': { verb: 'reprieve', around: { byHolder: true }, item: { order: LEASED } },
  'refuse, lease lost': { verb: 'reprieve', around: { byHolder: true, now: later(16) }, item: { order: LEASED } },
  confirm: { verb: 'confirm', item: { order: anOrder() } },
} as const satisfies Record<string, Operation>;

const GRID = `
operation                                 | Protected           | ProtectionStopped  | BackupsSuspended   | SoftDeleted          | Purging
stop, retain                              | ProtectionStopped   | =                  | ProtectionStopped  | ItemSoftDeleted      | PurgeInProgress
stop, retain per policy, immutable vault  | BackupsSuspended    | InvalidTransition  | =                  | ItemSoftDeleted      | PurgeInProgress
stop, retain per policy, Backup vault     | BackupsSuspended    | InvalidTransition  | =                  | ItemSoftDeleted      | PurgeInProgress
stop, retain per policy, otherwise        | ImmutabilityRequired| InvalidTransition  | =                  | ItemSoftDeleted      | PurgeInProgress
stop, delete, soft delete on              | SoftDeleted         | SoftDeleted        | SoftDeleted        | =                    | =
stop, delete, soft delete off             | Purging             | Purging            | Purging            | =                    | =
undelete in time                          | ItemNotSoftDeleted  | ItemNotSoftDeleted | ItemNotSoftDeleted | ProtectionStopped    | PurgeInProgress
undelete too late                         | ItemNotSoftDeleted  | ItemNotSoftDeleted | ItemNotSoftDeleted | UndeleteWindowClosed | PurgeInProgress
undelete again                            | ItemNotSoftDeleted  | =                  | ItemNotSoftDeleted | ProtectionStopped    | PurgeInProgress
resume, same policy                       | =                   | Protected          | Protected          | ItemSoftDeleted      | PurgeInProgress
resume, another policy                    | AlreadyProtected    | Protected          | Protected          | ItemSoftDeleted      | PurgeInProgress
change policy                             | Protected           | Protected          | InvalidTransition  | ItemSoftDeleted      | PurgeInProgress
restore                                   | Protected           | ProtectionStopped  | BackupsSuspended   | ItemSoftDeleted      | PurgeInProgress
backup now                                | Protected           | ProtectionStopped! | ProtectionStopped! | ItemSoftDeleted      | PurgeInProgress
record a point                            | Protected           | ProtectionStopped! | ProtectionStopped! | ItemSoftDeleted      | PurgeInProgress
protect the same again                    | =                   | Protected          | Protected          | ItemSoftDeleted      | PurgeInProgress
protect otherwise                         | AlreadyProtected    | Protected          | Protected          | ItemSoftDeleted      | PurgeInProgress
protect, recover                          | AlreadyProtected    | Protected          | Protected          | Protected            | PurgeInProgress
protect, recover too late                 | AlreadyProtected    | Protected          | Protected          | ItemSoftDeleted      | PurgeInProgress
protect, hybrid                           | AlreadyProtected    | Protected          | Protected          | Protected            | PurgeInProgress
sweep before it is due                    | NotDue              | NotDue             | NotDue             | NotDue               | Purging
sweep when it is due                      | NotDue              | NotDue             | NotDue             | Purging              | Purging
sweep when it is due, ordered             | NotDue              | NotDue             | NotDue             | Purging              | PurgeInProgress
order before it is due                    | NotDue              | NotDue             | NotDue             | NotDue               | =
order when it is due                      | NotDue              | NotDue             | NotDue             | Purging              | =
refuse or recall, untouched               | OrderClosed         | OrderClosed        | OrderClosed        | OrderClosed          | SoftDeleted
refuse or recall, touched                 | OrderClosed         | OrderClosed        | OrderClosed        | OrderClosed          | DestructionPossible
recall, leased                            | OrderClosed         | OrderClosed        | OrderClosed        | OrderClosed          | DestructionPossible
refuse, leased                            | OrderClosed         | OrderClosed        | OrderClosed        | OrderClosed          | SoftDeleted
refuse, lease lost                        | OrderClosed         | OrderClosed        | OrderClosed        | OrderClosed          | DestructionPossible
confirm                                   | OrderClosed         | OrderClosed        | OrderClosed        | OrderClosed          | Purging
`;

const [, ...LINES] = GRID.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));

const CELLS = LINES.flatMap(([operation = '', ...cells]) =>
  cells.map((expected, column) => ({ operation, state: ITEM_STATES[column] ?? 'Protected', expected })),
);

/** `!` marks the refusal that has the same name as a state. */
function outcomeOf(item: Item, { verb, around }: Operation): string {
  const decision = decide(verb, item, { now: NOON, vault: aVault(), ...around });
  if (!decision.ok) return decision.refusal.code === 'ProtectionStopped' ? 'ProtectionStopped!' : decision.refusal.code;
  return decision.changes ? decision.to : '=';
}

describe('the grid of the specification', () => {
  test('names every operation once', () => {
    expect(LINES.map(([operation]) => operation).toSorted()).toEqual(Object.keys(OPERATIONS).toSorted());
    expect(CELLS).toHaveLength(LINES.length * ITEM_STATES.length);
  });

  test.each(CELLS)('$operation while $state: $expected', ({ operation, state, expected }) => {
    const asked: Operation = OPERATIONS[operation as keyof typeof OPERATIONS];
    expect(outcomeOf(anItem(state, asked.item), asked)).toBe(expected);
  });
});
