import { type Attack, MALLORY, MALLORY_WITH_MFA } from './stage.ts';

/** More than an address gets singly in an hour, and each of them goes to the strangers, too. */
const NOISE = 46;
const STRANGERS = 6;

export const flood: Attack = {
  title: 'The flood',
  story: `Somebody makes so many mails that the one that matters stands behind all of them: welcome mails for hundreds of addresses, or so many
alerts to one address that its mailbox is shut.`,
  async play({ ask, claim, hears, inbox, ...stage }) {
    const { path, owner } = await stage.vault();
    await stage.item(path, 'sql-01');
    const strangers = Array.from({ length: STRANGERS }, (_, one) => `stranger-${one}@example.com`);
    const noise = await stage.vault();
    await ask(MALLORY, 'PATCH', noise.path, { alerts: { recipients: [noise.ops, ...strangers] } });
    for (let one = 0; one < NOISE; one += 1) {
      const mode = one % 2 === 0 ? 'HourlyDigest' : 'PerAlert';
      await ask(MALLORY, 'PATCH', noise.path, { alerts: { mode } });
    }
    await ask(MALLORY_WITH_MFA, 'PATCH', path, { softDelete: { state: 'Disabled' } });
    claim('the grave mail does not stand behind the others', await hears(owner, /Soft delete disabled/));
    const single = (await inbox(noise.ops)).filter(({ subject }) => /Alerts reduced/.test(subject)).length;
    claim(`one address gets no more than twenty single mails an hour (${single} of ${NOISE / 2})`, single <= 20);
    for (let minutes = 0; minutes < 3; minutes += 1) {
      await stage.pass(300);
      await stage.sweep();
    }
    claim('the rest is told to it in one mail', await hears(noise.ops, /More alerts than single mails/));
  },
};
