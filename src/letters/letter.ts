import type { Notification } from '../core/alerts.ts';
import { type AlertType, kindOf } from '../core/alertTypes.ts';
import { evidenceLine } from '../core/evidence.ts';
import { type Occasion, type Page, paragraph } from './blocks.ts';
import { gravest, howMany } from './bundles.ts';
import { clip, counted, endOf, fact, placeOf, timeLeft, vaultOf } from './facts.ts';
import { eventOf, leadOf } from './kinds.ts';
import { outlineOf } from './outlines.ts';
import { type Ending, wordsOf } from './words.ts';
import { asHtml, asText } from './writers.ts';

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The letter tells everything, and nothing in it acts: to undelete, people sign in. */
export function letter(occasion: Occasion): Letter {
  const { alert } = occasion;
  const { lead, sections, event } = outlineOf(alert);
  const words = wordsOf(occasion);
  const opening = leadOf(occasion, words) ?? lead(words);
  const page: Page = {
    subject: subjectOf(occasion),
    severity: gravest(occasion),
    event: event ?? eventOf(occasion, howMany(occasion)) ?? kindOf(alert.type).event,
    about: placeOf(alert),
    preview: opening,
    blocks: [...paragraph(opening), ...sections.flatMap((section) => section(occasion))],
    evidence: [alert, ...occasion.members].flatMap(({ evidence }) =>
      evidence ? [`Evidence: ${evidenceLine(evidence)}`] : [],
    ),
    because: alert.type === 'Bundle' ? NAMED_BY_THEM : BECAUSE[occasion.as](vaultOf(alert), fact(alert, 'executor')),
  };
  return { subject: page.subject, text: asText(page), html: asHtml(page) };
}

const LONGEST_SUBJECT = 200;

/** One line, whatever the names are: every part went through `plain`. */
function subjectOf(occasion: Occasion): string {
  const { alert } = occasion;
  const outline = outlineOf(alert);
  const ownEvent = outline.event ? undefined : eventOf(occasion, howMany(occasion));
  const isInVault = ownEvent !== undefined || alert.item === null;
  const where = alert.vault === null ? '' : isInVault ? ` in ${vaultOf(alert)}` : `: ${placeOf(alert)}`;
  // Your own kinds are counted by the event itself.
  const isCounted = ownEvent !== undefined && outline.ending === 'count';
  const ending = isCounted ? undefined : ENDINGS[outline.ending](occasion);
  const event = outline.event ?? ownEvent ?? kindOf(alert.type).event;
  return clip(`[${gravest(occasion)}] ${event}${where}${ending ? ` - ${ending}` : ''}`, LONGEST_SUBJECT);
}

/** These count alerts; all others count items. */
const ALERTS_COUNTED: readonly AlertType[] = ['Digest', 'Bundle'];

const ENDINGS: Readonly<Record<Ending, (occasion: Occasion) => string | undefined>> = {
  timeLeft: ({ alert, now }) => {
    const end = endOf(alert);
    return end && timeLeft(end, now);
  },
  purged: () => 'PURGED',
  count: (occasion) => {
    const count = howMany(occasion);
    return count > 0 ? counted(count, ALERTS_COUNTED.includes(occasion.alert.type) ? 'alert' : 'item') : undefined;
  },
  none: () => undefined,
};

/** A bundle is of many vaults. */
const NAMED_BY_THEM =
  'You receive this because your address is to be told of each of these alerts: by the settings of its vault, or as an operator.';

const BECAUSE: Readonly<Record<Notification['as'], (vault: string, executor: string | undefined) => string>> = {
  recipient: (vault) => `You receive this because your address is among the recipients of the alerts of ${vault}.`,
  owner: (vault) =>
    `You receive this because you are an owner of ${vault}: owners are told when backups are deleted or their security is weakened.`,
  operator: () => 'You receive this because you are an operator of this service.',
  contact: (vault, executor) =>
    `You receive this because you are a contact of ${executor ? `executor ${executor}` : `the guard of ${vault}`}.`,
};
