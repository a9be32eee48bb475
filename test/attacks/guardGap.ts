import { type Attack, by, KEEPER, type Person } from './stage.ts';

const BOTH: Person = { sub: 'mallory', roles: ['Contributor', 'GuardAdmin'], mfa: true };

export const guardGap: Attack = {
  title: 'The gap in the guard',
  story: `One person with two roles excludes an operation from the guard, does it, and puts the list back. The guard looks as it always did, and
nobody hears of the minute in which it was not one.`,
  async play({ ask, claim, hears, stands, ...stage }) {
    const { path } = await stage.vault();
    const guard = await stage.guard();
    await stage.item(path, 'sql-01');
    await stage.given({ ...BOTH, roles: ['Contributor'] }, 'PUT', `${path}/guard`, { guard: guard.name });
    const gap = { excludedOperations: ['deleteProtection'], contacts: [guard.contacts] };
    const opened = await ask(BOTH, 'PUT', guard.path, gap);
    claim('a guard that guards something is not loosened at once', opened.status === 202 || opened.status >= 400);
    const stop = { mode: 'delete', confirmName: 'sql-01' };
    const used = await ask(BOTH, 'POST', `${path}/items/sql-01/stop`, stop);
    claim('the gap cannot be used', used.code === 'GuardApprovalRequired');
    claim(
      'who keeps the guard hears that it is to be loosened',
      await hears(guard.contacts, /Weakening of protection/),
    );
    claim('it stands in the history of the guard', await stands(`${guard.path}/history`, by(BOTH, /Guard/)));
    const expiresAt = new Date((await stage.now()) + 3_600_000).toISOString();
    const grant = { operation: 'deleteProtection', vault: path.split('/')[1], grantee: BOTH.sub, expiresAt };
    const granted = await ask(BOTH, 'POST', `${guard.path}/grants`, grant);
    claim('nobody grants it to themselves', granted.status >= 400);
    await ask(KEEPER, 'POST', `${guard.path}/grants`, grant);
    const still = await ask(BOTH, 'POST', `${path}/items/sql-01/stop`, stop);
    claim('who keeps guards does not act under them, grant or no grant', still.code === 'GuardApprovalRequired');
  },
};
