import { type Attack, by, type Person } from './stage.ts';

const FIRST: Person = { sub: 'noise', roles: ['Contributor'] };
const SECOND: Person = { sub: 'mallory', roles: ['Contributor'] };

export const secondAttacker: Attack = {
  title: 'Behind somebody else',
  story: `One caller is refused again and again, and the alert about it only counts. Then another one tries the same, and is counted along.`,
  async play({ ask, claim, hears, inbox, stands, ...stage }) {
    const { path, ops } = await stage.vault();
    const off = { softDelete: { state: 'Disabled' } };
    await ask(FIRST, 'PATCH', path, off);
    claim('the first refusal is told', await hears(ops, /Critical operation refused/));
    for (let again = 0; again < 5; again += 1) await ask(FIRST, 'PATCH', path, off);
    await ask(SECOND, 'PATCH', path, off);
    const areBothNamed = async () => {
      const mails = (await inbox(ops)).filter(({ subject }) => /Critical operation refused/.test(subject));
      return new Set(mails.flatMap(({ text }) => /\bby (noise|mallory)/.exec(text)?.[1] ?? [])).size === 2;
    };
    claim('the second one has a mail that names them', await stage.comesTrue(areBothNamed));
    claim('and a line in the history', await stands(`${path}/history`, by(SECOND, /./)));
  },
};
