import { launchService } from '../support/launch.ts';
import type { Attack } from './stage.ts';

const MINE = 'mallory@example.com';
const CHANGED = /brakes or identities of the service changed/i;

export const blindDeployment: Attack = {
  title: 'The blind deployment',
  story: `Whoever may deploy starts the service with other settings: its mails to operators go to the attacker, and as much as they like may be purged at once. Then they delete in peace.`,
  async play({ service, claim, comesTrue, hears, stands }) {
    const env = { MAIL_OPERATORS: MINE, SWEEP_MAX_PURGES: '1000000' };
    const deployed = await launchService({ storage: service.storage, env });
    try {
      // Either of the two may take the notice from the queue, and each has an inbox of its own.
      const inbox = async (to: string) => {
        const response = await fetch(`${deployed.mail}/inbox?to=${encodeURIComponent(to)}`);
        const { value } = (await response.json()) as { readonly value: readonly { readonly subject: string }[] };
        return value.some(({ subject }) => CHANGED.test(subject));
      };
      const either = (to: string) => comesTrue(async () => (await hears(to, CHANGED, 0)) || (await inbox(to)));
      claim('the operators of before are told of it', await either('operators@reprieve.local'));
      claim('and so are those of now', await either(MINE));
      const isChange = (entry: object) => JSON.stringify(entry).includes('ServiceSettingsChanged');
      claim('it stands in the history of the service', await stands('history', isChange));
    } finally {
      await deployed.stop();
    }
  },
};
