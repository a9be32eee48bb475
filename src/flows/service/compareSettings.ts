import { alert } from '../../core/alerts.ts';
import { CONTROLS } from '../../core/controls.ts';
import { SERVICE } from '../../core/hints.ts';
import type { WatchedSettings } from '../../core/serviceSettings.ts';
import { weakeningFacts } from '../authorize/weakening.ts';
import type { FlowPorts } from '../story/land.ts';
import { entry } from '../story/request.ts';
import { untilDone } from '../story/rounds.ts';

/**
 * The service looks at its start with which brakes and identities it ran before. A difference goes into the service's history, and the
 * old and the new operators hear of it: a deployment must not blind the service quietly.
 */
export async function compareSettings(
  flow: Pick<FlowPorts, 'service' | 'clock' | 'newId' | 'land'>,
  settings: WatchedSettings,
): Promise<void> {
  await untilDone('the settings of the service', async () => {
    const was = await flow.service.settings();
    const now = flow.clock.now();
    const id = flow.newId();
    const { weakens, alert: type } = CONTROLS.serviceSettings;
    const differs = was && weakens(was.value, settings);
    if (was && !differs && Object.keys(settings).every((name) => name in was.value)) return 'done';
    const facts = weakeningFacts(differs ? [{ control: 'serviceSettings', ...differs }] : []);
    const raised = { was: undefined, now: alert(type, { vault: null }, now, facts, id) };
    const announced = {
      entries: [entry({ now, requestId: id }, null, { operation: 'ServiceSettingsChanged', facts })],
      alerts: [{ ...raised, operators: operatorsIn(was?.value) }],
    };
    const write = { vault: SERVICE, id, settings: { was, now: settings }, ...(differs ? announced : {}) };
    return (await flow.land({ now, write })).done ? 'done' : undefined;
  });
}

const operatorsIn = (settings: WatchedSettings | undefined): readonly string[] =>
  (settings?.['MAIL_OPERATORS'] ?? '').split(',').filter((address) => address !== '');
