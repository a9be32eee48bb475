import { type Attack, by, MALLORY, MALLORY_WITH_MFA, OPERATIONS } from './stage.ts';

export const endedPause: Attack = {
  title: 'The ended pause',
  story: `After a suspicious night the operators pause all purging. The attacker ends the pause, and the next sweep purges what they deleted.`,
  async play({ ask, claim, hears, stands, ...stage }) {
    const until = new Date((await stage.now()) + 86_400_000).toISOString();
    await stage.given(OPERATIONS, 'PUT', 'pause', { reason: 'we look into last night', until });
    claim(
      'ending the pause of somebody else takes a second factor',
      (await ask(MALLORY, 'DELETE', 'pause')).status === 401,
    );
    const earlier = new Date((await stage.now()) + 60_000).toISOString();
    const shorter = await ask(MALLORY, 'PUT', 'pause', { reason: 'all is well', until: earlier });
    claim('ending it earlier takes one too', shorter.status === 401);
    await ask(MALLORY_WITH_MFA, 'DELETE', 'pause');
    claim('who ends it is told to the operators', await hears('operators@reprieve.local', /brake on purges released/i));
    claim('it stands in the history of the service', await stands('history', by(MALLORY, /EndPause/)));
  },
};
