import { serviceAnswers } from '../answers/service.ts';
import { type Operation, type Operations, REFUSED } from '../operation.ts';

/** An alert has two addresses, which answer alike. */
const alertAt = (where: string): { readonly [V in 'get' | 'acknowledge' | 'close']: Operation } => ({
  get: {
    tag: 'Alerts',
    summary: `Read an alert ${where}`,
    answers: { 200: serviceAnswers.alert },
    codes: ['VaultNotFound', 'AlertNotFound'],
  },
  acknowledge: {
    tag: 'Alerts',
    summary: `Acknowledge an alert ${where}`,
    answers: { 200: serviceAnswers.alert },
    codes: ['VaultNotFound', 'AlertNotFound', 'InvalidTransition', 'Busy'],
  },
  close: {
    tag: 'Alerts',
    summary: `Close an alert ${where}`,
    answers: { 200: serviceAnswers.alert },
    codes: ['VaultNotFound', 'AlertNotFound', 'Busy'],
  },
});
const inVault = alertAt('of a vault');
const anywhere = alertAt('by its id');

export const alertOperations: Operations = {
  getVaultAlert: inVault.get,
  acknowledgeVaultAlert: inVault.acknowledge,
  closeVaultAlert: inVault.close,
  getAlert: anywhere.get,
  acknowledgeAlert: anywhere.acknowledge,
  closeAlert: anywhere.close,
  listVaultAlerts: {
    tag: 'Alerts',
    summary: 'List the alerts of a vault',
    answers: { 200: serviceAnswers.alerts },
    codes: ['VaultNotFound'],
  },
  listAlerts: {
    tag: 'Alerts',
    summary: 'List the alerts of all vaults and of the service',
    answers: { 200: serviceAnswers.alerts },
    codes: [],
  },
  putSilence: {
    tag: 'Silences',
    summary: 'Send no mail for a while',
    description: 'For 30 days at most. Without `types` or `items` it silences all of them.',
    answers: { 200: serviceAnswers.silence, 201: serviceAnswers.silence },
    codes: ['VaultNotFound', 'LimitReached', ...REFUSED.change],
  },
  getSilence: {
    tag: 'Silences',
    summary: 'Read a silence',
    answers: { 200: serviceAnswers.silence },
    codes: ['VaultNotFound', 'SilenceNotFound'],
  },
  listSilences: {
    tag: 'Silences',
    summary: 'List the silences of a vault',
    answers: { 200: serviceAnswers.silences },
    codes: ['VaultNotFound'],
  },
  deleteSilence: {
    tag: 'Silences',
    summary: 'End a silence',
    answers: { 204: null },
    codes: ['VaultNotFound', 'SilenceNotFound', ...REFUSED.change],
  },
};

export const mailOperations: Operations = {
  listDeadLetters: {
    tag: 'Mail',
    summary: 'List the mails that were given up',
    answers: { 200: serviceAnswers.deadLetters },
    codes: [],
  },
  redriveDeadLetter: {
    tag: 'Mail',
    summary: 'Have a mail sent again that was given up',
    answers: { 202: serviceAnswers.deadLetter },
    codes: ['DeadLetterNotFound', 'InvalidTransition', 'Busy'],
  },
  dismissDeadLetter: {
    tag: 'Mail',
    summary: 'Dismiss a mail that was given up',
    answers: { 204: null },
    codes: ['DeadLetterNotFound'],
  },
  takeDeliveryReports: {
    tag: 'Mail',
    summary: 'Take the reports of the mail service',
    description:
      'Called by Event Grid, with the key of the service in the header `x-reprieve-webhook-key`. Answers its validation handshake as well.',
    answers: { 200: [serviceAnswers.deliveryTally, serviceAnswers.handshake] },
    codes: ['Unauthenticated', 'Busy'],
  },
};

export const purgeOperations: Operations = {
  runSweep: {
    tag: 'Purging',
    summary: 'Run a sweep now',
    description:
      'What the timer does. A dry run changes nothing and lists what would happen. The token of a held sweep releases exactly what it held.',
    answers: { 200: serviceAnswers.sweep },
    codes: ['BeltTokenInvalid', 'Busy'],
  },
  listSweeps: {
    tag: 'Purging',
    summary: 'List the recent sweeps, newest first',
    answers: { 200: serviceAnswers.sweeps },
    codes: [],
  },
  forecast: {
    tag: 'Purging',
    summary: 'What will be purged on which day, if nobody does anything',
    answers: { 200: serviceAnswers.forecast },
    codes: [],
  },
  putPause: {
    tag: 'Purging',
    summary: 'Pause purging',
    description: 'For seven days at most. Undelete, mail and everything else go on.',
    answers: { 200: serviceAnswers.pause },
    codes: ['PreconditionFailed'],
  },
  getPause: {
    tag: 'Purging',
    summary: 'Read the pause',
    answers: { 200: serviceAnswers.pause },
    codes: ['PauseNotFound'],
  },
  deletePause: {
    tag: 'Purging',
    summary: 'End the pause',
    answers: { 204: null },
    codes: ['PauseNotFound', 'PreconditionFailed'],
  },
};

export const serviceOperations: Operations = {
  live: { tag: 'Service', summary: 'Is the process alive', answers: { 200: serviceAnswers.live }, codes: [] },
  ready: {
    tag: 'Service',
    summary: 'Can the service do its work',
    description: 'Any check that fails makes it 503. No secrets are shown.',
    answers: { 200: serviceAnswers.ready, 503: serviceAnswers.ready },
    codes: [],
  },
  getApiDocument: {
    tag: 'Service',
    summary: 'Read this document',
    answers: { 200: serviceAnswers.document },
    codes: [],
  },
  getApiPage: {
    tag: 'Service',
    summary: 'Read this document as a page',
    answers: { 200: serviceAnswers.page },
    codes: [],
  },
  getApiStyle: {
    tag: 'Service',
    summary: 'Read the style of the page',
    answers: { 200: serviceAnswers.page },
    codes: [],
  },
  getLocalClock: {
    tag: 'Service',
    summary: 'Read the clock of a local run',
    answers: { 200: serviceAnswers.clock },
    codes: ['RouteNotFound'],
  },
  putLocalClock: {
    tag: 'Service',
    summary: 'Move the clock of a local run',
    description: 'Never behind real time. Nowhere but in a local run does this route exist.',
    answers: { 200: serviceAnswers.clock },
    codes: ['RouteNotFound'],
  },
};
