/** The parts of letters about what an executor is asked to destroy. */
import { isName } from '../core/names.ts';
import { placeOfOrder } from '../core/orders.ts';
import { type Block, commands, factTable, type Occasion, paragraph, type Section } from './blocks.ts';
import { counted, fact, isNone, isOver, isTrue, listOf, numberOf, timeFact } from './facts.ts';
import { inPortal } from './offers.ts';

/** What will happen when its time is over. A letter of before does not know. */
export const whoIsAsked: Section = ({ alert, now }) => {
  const executor = fact(alert, 'executor');
  const when = isOver(alert, now) ? 'Its time is over' : 'When its time is over';
  if (executor)
    return paragraph(
      `${when}: executor ${executor} is asked to destroy the data itself. Reprieve keeps its record until that is confirmed.`,
    );
  return isNone(alert, 'executor')
    ? paragraph(`${when}: Reprieve removes its own record. Nobody is asked to delete the data itself.`)
    : [];
};

/** What it says that it destroyed. */
const DESTROYED: Readonly<Record<string, string>> = {
  nothing: 'nothing',
  some: 'some of it',
  unknown: 'nobody knows how much',
};

const late = (hours: number | undefined): string | undefined =>
  hours === undefined ? undefined : hours < 48 ? counted(hours, 'hour') : counted(Math.floor(hours / 24), 'day');

/** How far the order is. */
export const ordered: Section = ({ alert }) =>
  factTable('The purge order', [
    ['Order', fact(alert, 'order')],
    ['Executor', fact(alert, 'executor')],
    ['To be confirmed', timeFact(alert, 'confirmBy')],
    ['Late by', late(numberOf(alert, 'lateHours'))],
    ['Attempts', fact(alert, 'attempts')],
    ['Failed with', fact(alert, 'code')],
    ['It said', fact(alert, 'why')],
    ['Destroyed', DESTROYED[fact(alert, 'destroyed') ?? '']],
    ['Tried again', timeFact(alert, 'waitsUntil')],
  ]);

/** What was said to be destroyed, and what lives on. */
export const destroyed: Section = ({ alert }) =>
  isTrue(alert, 'confirmed')
    ? factTable('What was destroyed', [
        ['Executor', fact(alert, 'executor')],
        ['Confirmed by', fact(alert, 'confirmedBy')],
        ['Confirmed', timeFact(alert, 'confirmedAt')],
        ['Objects', fact(alert, 'objects')],
        ['Bytes', fact(alert, 'bytes')],
        ['Proof', fact(alert, 'proofDigest')],
        ...listOf(alert, 'remaining').map((line) => ['Lives on', line] as const),
      ])
    : [];

/** Only an id and a name go into a command: nothing that a shell could take for more. */
function idIn({ alert }: Occasion): { readonly id: string; readonly item: string } | undefined {
  const id = fact(alert, 'order');
  if (id === undefined || !placeOfOrder(id) || alert.item === null || !isName(alert.item)) return undefined;
  return { id, item: alert.item };
}

const WHY = '{"reason": "<why>"}';

/** While provably nothing was destroyed, as far as the alert knows. The service refuses where that has changed. */
export const recall: Section = (occasion) => {
  const order = idIn(occasion);
  if (!order || !isTrue(occasion.alert, 'recallable')) return [];
  return [
    ...commands(
      'To take it back, as long as nothing was destroyed',
      `npx reprieve orders recall --id ${order.id} --reason "<why>"`,
      `POST /api/purgeOrders/${order.id}/recall\n${WHY}`,
    ),
    ...inPortal(occasion, `orders/${order.id}`),
  ];
};

/** A person decides. */
export const resolve: Section = (occasion) => {
  const order = idIn(occasion);
  if (!order) return [];
  const by = (outcome: string): string => `npx reprieve orders resolve --id ${order.id} ${outcome} --reason "<why>"`;
  const offered: readonly Block[] = [
    ...commands('To have it tried again, by the executor that is named now', by('--retry')),
    ...commands(
      'To close it by hand: the record of the item goes, and cannot be brought back',
      by(`--abandoned --confirm-name ${order.item}`),
    ),
    ...paragraph('To close it you have to sign in with a second factor. A guard may ask for an approval as well.'),
  ];
  return isTrue(occasion.alert, 'recallable') ? offered : [...offered, ...inPortal(occasion, `orders/${order.id}`)];
};
