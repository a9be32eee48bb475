import type { Proof, Receipt } from '../../../client/api.ts';
import { h } from '../../dom/h.ts';
import type { Context } from '../../parts/context.ts';
import { badge, facts, section } from '../../parts/controls.ts';
import { destroyed, livesOn } from '../../words/proof.ts';
import { instant, plural } from '../../words/time.ts';
import type { Open } from './open.ts';

/** What a receipt says of the one who was asked to destroy; null: nobody was asked, or a version of before does not know. */
type Asked = Pick<
  Receipt,
  'executor' | 'orderedAt' | 'confirmed' | 'confirmedBy' | 'attempts' | 'proof' | 'proofDigest'
>;

function confirmation({ confirmed, executor }: Asked): HTMLElement {
  if (confirmed === null) return badge(executor === null ? 'nobody was asked' : 'not known', 'subtle');
  return confirmed ? badge('confirmed', 'success') : badge('never confirmed', 'danger', 'filled');
}

const mono = (text: string): HTMLElement => h('span', { class: 'mono' }, text);

const said = (proof: Proof): readonly (readonly [string, string | HTMLElement] | undefined)[] => [
  ['Destroyed', destroyed(proof)],
  proof.method ? ['How', proof.method] : undefined,
  proof.hash ? ['Digest of what there was', mono(proof.hash)] : undefined,
  ['Lives on elsewhere', livesOn(proof).join('; ') || 'nothing that is known'],
];

const destruction = (receipt: Asked): HTMLElement => {
  const { executor, orderedAt, confirmedBy, attempts, proof, proofDigest } = receipt;
  return facts([
    ['Data itself', confirmation(receipt)],
    executor === null ? undefined : ['Executor', executor],
    orderedAt === null ? undefined : ['Asked', instant(orderedAt)],
    confirmedBy === null ? undefined : ['Said by', mono(`${confirmedBy.tid}/${confirmedBy.oid}`)],
    executor === null || attempts === null ? undefined : ['Attempts', attempts.toLocaleString('en')],
    ...(proof ? said(proof) : []),
    proofDigest === null ? undefined : ['Digest of this proof', mono(proofDigest)],
  ]);
};

const deletion = ({ deleted, recoveryPoints, told, purgedAt }: Receipt, hash: string): HTMLElement =>
  facts([
    ['Deleted', `${instant(deleted.at)}, by ${deleted.by.oid}`],
    ['Reason', deleted.reason ?? '–'],
    ['Purged', instant(purgedAt)],
    recoveryPoints.count === null ? undefined : ['Recovery points', recoveryPoints.count.toLocaleString('en')],
    ['Told before', plural(told.length, 'mail')],
    ['Hash of the receipt', mono(hash)],
  ]);

/** What proves the purge. Stores of before may have none. */
export async function receipt({ api }: Context, names: Open['names']): Promise<HTMLElement | undefined> {
  const answer = await api.ask('itemReceipt', { names });
  if (!answer.ok) return undefined;
  const { receipt: made, hash } = answer.value;
  return section(
    'Receipt',
    made.statement !== null && h('p', {}, h('strong', {}, `${made.statement}`)),
    destruction(made),
    h('h3', {}, 'The deletion'),
    deletion(made, hash),
    h(
      'p',
      { class: 'quiet' },
      'Anybody can check it: npx reprieve receipt ',
      `--vault ${names.vault} --item ${names.item} --json > receipt.json, and then npx reprieve verify receipt.json`,
    ),
  );
}
