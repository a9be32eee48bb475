import { type Json, listIn, textAt } from '../json.ts';
import { type Block, facts } from '../output/shown.ts';

/** `2026-11-21 12:38Z`: seconds matter to nobody who reads a table. */
export const minutes =
  (...where: readonly string[]) =>
  (one: Json): string =>
    textAt(one, ...where).replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}(\.\d+)?Z$/, '$1 $2Z');

export const itemFacts = (item: Json): Block =>
  facts(item, [
    ['Name', 'name'],
    ['Vault', 'vault'],
    ['State', 'state'],
    ['Workload', 'workload'],
    ['Tier', 'tier'],
    ['Source', 'sourceId'],
    ['Server', 'server'],
    ['Policy', 'policy'],
    ['Last policy', (one) => (textAt(one, 'policy') ? '' : textAt(one, 'previousPolicy'))],
    ['Last backup', (one) => [textAt(one, 'lastBackup', 'status'), minutes('lastBackup', 'at')(one)].join(' ').trim()],
    ['Job', 'activeJob.operation'],
    ['Recovery points', 'recoveryPoints.count'],
    ['Deleted', minutes('softDelete', 'deletedAt')],
    ['Deleted by', 'softDelete.deletedBy'],
    ['Reason', 'softDelete.reason'],
    ['Comment', 'softDelete.comment'],
    ['Purged at', (one) => minutes('softDelete', 'purgeAt')(one) || minutes('purgedAt')(one)],
    ['Days left', 'softDelete.daysLeft'],
    [
      'Holds',
      (one) =>
        listIn(one, 'holds')
          .map((hold) => `${textAt(hold, 'name')}: ${textAt(hold, 'reason')}`)
          .join('; '),
    ],
  ]);
