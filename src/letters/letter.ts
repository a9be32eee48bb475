import { kindOf } from '../core/alerts.ts';
import type { Notification } from '../core/ledger.ts';
import { asHtml } from './asHtml.ts';
import { asText } from './asText.ts';
import type { Page } from './blocks.ts';
import { vaultOf } from './known.ts';
import type { Occasion } from './occasion.ts';
import { OUTLINES } from './outlines.ts';
import { about, subjectOf } from './subject.ts';

export type { Occasion } from './occasion.ts';

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Everything is in the letter, and nothing in it acts: whoever wants to undelete signs in. */
export function letter(occasion: Occasion): Letter {
  const { alert } = occasion;
  const { lead, sections } = OUTLINES[alert.type];
  const opening = lead(occasion);
  const page: Page = {
    subject: subjectOf(occasion),
    severity: kindOf(alert.type).severity,
    event: kindOf(alert.type).event,
    about: about(alert),
    preview: opening,
    blocks: [{ kind: 'paragraph', text: opening }, ...sections.flatMap((section) => section(occasion))],
    because: BECAUSE[occasion.as](vaultOf(alert)),
  };
  return { subject: page.subject, text: asText(page), html: asHtml(page) };
}

const BECAUSE: Readonly<Record<Notification['as'], (vault: string) => string>> = {
  recipient: (vault) => `You receive this because your address is among the recipients of the alerts of ${vault}.`,
  owner: (vault) =>
    `You receive this because you are an owner of ${vault}: owners hear of what deletes backups or weakens their security.`,
  operator: () => 'You receive this because you are an operator of this service.',
};
