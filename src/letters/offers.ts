/** What a letter offers to do about it. Nothing of it acts by itself: the command line, the API and the portal ask who you are. */
import type { Alert } from '../core/alerts.ts';
import { isName } from '../core/names.ts';
import { type Block, commands, type Occasion, paragraph, type Section } from './blocks.ts';
import { fact, instantFact, isOver, isTrue } from './facts.ts';

interface Named {
  readonly vault: string;
  readonly item: string;
}

/** Only plain names go into a command: nothing that a shell could take for more than a name. */
export const named = ({ vault, item }: Alert): Named | undefined =>
  vault !== null && item !== null && isName(vault) && isName(item) ? { vault, item } : undefined;

const path = ({ vault, item }: Named): string => `/api/vaults/${vault}/items/${item}`;

/** Neither of these acts by itself: both ask who you are. */
export const undeleteCommand = ({ vault, item }: Named): string =>
  `npx reprieve items undelete --vault ${vault} --item ${item}`;
export const undeleteRequest = (one: Named): string => `POST ${path(one)}/undelete`;

const ofNamed =
  (blocks: (one: Named, occasion: Occasion) => readonly Block[]): Section =>
  (occasion) => {
    const one = named(occasion.alert);
    return one ? blocks(one, occasion) : [];
  };

/** The same in the portal, which asks who you are as well. */
export const inPortal = ({ portal }: Occasion, place: string): readonly Block[] =>
  portal === null ? [] : [{ kind: 'page', title: 'Or in the portal', address: `${portal}#/${place}` }];

/** Offered also when we know no date. The service refuses if it is too late. */
export const undelete = ofNamed((one, occasion) => {
  const { alert, now } = occasion;
  const title = isTrue(alert, 'hybrid') ? 'Or undelete it without the agent' : 'To undelete it';
  if (isOver(alert, now)) return [];
  const offered = commands(title, undeleteCommand(one), undeleteRequest(one));
  return [...offered, ...inPortal(occasion, `vaults/${one.vault}/items/${one.item}`)];
});

export const explain = ofNamed((one) => commands('Why it is not purged', `GET ${path(one)}/explain`));

export const resume = ofNamed((one, occasion) => [
  ...commands('To back it up again', `POST ${path(one)}/resume\n{"policy": "<policy>"}`),
  ...inPortal(occasion, `vaults/${one.vault}/items/${one.item}`),
]);

export const drySweep: Section = (occasion) => [
  ...commands('To see what is due, and the token', 'POST /api/sweeps\n{"dryRun": true}'),
  ...inPortal(occasion, 'operations'),
];

/** Nothing acts without signing in: the letter says where. */
export const answer: Section = (occasion) => {
  const [guard, grant] = [nameIn(occasion, 'guard'), nameIn(occasion, 'grant')];
  if (!guard || !grant) return [];
  const which = `--guard ${guard} --id ${grant}`;
  return [
    ...commands(
      'To answer',
      `npx reprieve grants approve ${which}`,
      `npx reprieve grants deny ${which} --reason "<why>"`,
    ),
    ...inPortal(occasion, 'approvals'),
    ...paragraph('You have to sign in with a second factor, and nobody can answer for themselves.'),
  ];
};

/** While it cools off. Of a guard another keeper may also let it hold at once. */
export const cancel: Section = (occasion) => {
  const { alert, now } = occasion;
  const [id, guard] = [nameIn(occasion, 'change'), alert.vault === null ? nameIn(occasion, 'guard') : undefined];
  const of = guard ? `--guard ${guard}` : alert.vault !== null && isName(alert.vault) && `--vault ${alert.vault}`;
  const holdsFrom = instantFact(alert, 'effectiveAt');
  if (!id || !of || (holdsFrom && holdsFrom <= now)) return [];
  return [
    ...commands('To cancel it', `npx reprieve changes cancel ${of} --id ${id}`),
    ...(guard ? commands('To approve it, as another keeper', `npx reprieve changes approve ${of} --id ${id}`) : []),
    ...inPortal(occasion, guard ? 'approvals' : `vaults/${alert.vault}`),
  ];
};

export const restore: Section = (occasion) => {
  const { alert, now } = occasion;
  const removeAt = instantFact(alert, 'removeAt');
  if (alert.vault === null || !isName(alert.vault) || (removeAt && removeAt <= now)) return [];
  const offered = commands('To restore it', `npx reprieve vaults restore --vault ${alert.vault}`);
  return [...offered, ...inPortal(occasion, 'vaults')];
};

/** Only plain names go into a command. */
function nameIn({ alert }: Occasion, name: 'guard' | 'grant' | 'change'): string | undefined {
  const given = fact(alert, name);
  return given !== undefined && isName(given) ? given : undefined;
}
