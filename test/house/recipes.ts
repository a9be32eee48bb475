/** What somebody writes who follows docs/how-to-add.md, file by file. */
import type { Copy } from '../support/copy.ts';
import { ROUTE, VERB } from './review.ts';

type Edit = (copy: Copy, file: string) => unknown;
export type Recipe = Readonly<Record<string, Edit>>;

/** Puts something before what is there exactly once. */
const before =
  (at: string, more: string): Edit =>
  (copy, file) =>
    copy.replace(file, at, `${more}${at}`);
/** The order of imports is the formatter's. */
const atTheTop =
  (more: string): Edit =>
  (copy, file) =>
    copy.replace(file, /^/, more);
const all =
  (...edits: readonly Edit[]): Edit =>
  (copy, file) => {
    for (const edit of edits) edit(copy, file);
  };
const written =
  (text: string): Edit =>
  (copy, file) =>
    copy.add(file, text);
const made =
  (...command: readonly string[]): Edit =>
  (copy) =>
    copy.run('node', ...command);

const CLIENT = made('tools/api.ts');
const WIRE = made('tools/api.ts', '--wire');

const TRIAL = `  review: {
    route: 'reviewItem',
    arrange: async (ground) => {
      await anItem(ground);
      return { method: 'POST', path: '/items/vm/review', body: {} };
    },
    right: isItem('Protected'),
    once: / Review /,
  },
`;

const ALERT = `  ItemReviewed: {
    severity: 'Sev3',
    category: 'Security',
    scope: 'item',
    event: 'Item reviewed',
    recommendedAction: 'Nothing.',
  },
`;

const SENDER = `import type { Mailer } from '../ports/alerts.ts';

export const webhook: Mailer = {
  async send({ to, ...letter }) {
    try {
      const { ok, status } = await fetch(to, { method: 'POST', body: JSON.stringify(letter) });
      if (ok) return { sent: true };
      const permanent = status < 500 && status !== 429;
      return { sent: false, permanent, retryAfterSeconds: undefined, code: String(status), reason: 'refused' };
    } catch (error) {
      return { sent: false, permanent: false, retryAfterSeconds: undefined, code: 'Unreachable', reason: String(error) };
    }
  },
};
`;

/** By the headings of the page. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  'A verb': {
    'src/http/items/routes.ts': all(
      atTheTop("import { review } from '../../flows/items/review.ts';\n"),
      before("route({\n      name: 'undeleteItem'", `${ROUTE}\n    `),
    ),
    'src/flows/items/review.ts': written(VERB),
    'test/faults/moreVerbs.ts': before("  'put silence': {", TRIAL),
    'client/api.ts': CLIENT,
    'docs/requests.http': CLIENT,
    'test/tools/api/wire.json': WIRE,
  },
  'An alert type': {
    'src/core/alertTypes.ts': before('  ItemUndeleted: {', ALERT),
    'src/letters/outlines.ts': before(
      '  ItemUndeleted: {',
      `  ItemReviewed: change(({ it, by }) => \`\${it} was reviewed\${by}.\`),\n`,
    ),
    'client/api.ts': CLIENT,
    'test/tools/api/wire.json': WIRE,
  },
  'A workload': {
    'src/core/workloads.ts': before("  'AzureFiles',", "  'OracleInAzureVM',\n"),
    'src/core/kinds.ts': before(
      "  cloud('AzureFiles'",
      "  cloud('OracleInAzureVM', ['Oracle in Azure VM', 'Oracle databases in Azure VMs'], 'RecoveryServices', 'Vault'),\n",
    ),
    'test/core/workloads.test.ts': before(
      "  ['AzureFiles', 'RecoveryServices'",
      "  ['OracleInAzureVM', 'RecoveryServices', 'Cloud', ['Vault']],\n",
    ),
  },
  'A setting': {
    'src/config.ts': all(
      before(
        '  MAIL_OPERATORS: z',
        "  MAIL_SUBJECT_PREFIX: z.string().default('').meta({ description: 'what every subject begins with' }),\n",
      ),
      before('      resourceGroup: given', '      subjectPrefix: given.MAIL_SUBJECT_PREFIX,\n'),
    ),
    'src/core/leaves.ts': before('  PORTAL_CLIENT_ID: PAGE', '  MAIL_SUBJECT_PREFIX: PAGE,\n'),
    'test/app/functions.test.ts': before('  MAIL_OPERATORS: NEVER', '  MAIL_SUBJECT_PREFIX: NEVER,\n'),
    'docs/operations.md': made('tools/settings.ts'),
    'docs/controls.md': made('tools/controls.ts'),
    'infra/app/settings.bicep': before('    MAIL_OPERATORS: mailOperators', "    MAIL_SUBJECT_PREFIX: '[backup] '\n"),
    // by hand, as the compiler is not on every machine
    'infra/main.json': before('"MAIL_OPERATORS": "', '"MAIL_SUBJECT_PREFIX": "[[backup] ",\n                '),
  },
  'A channel': {
    'src/mail/channels.ts': before('  mail: /', '  webhook: /^https:/,\n'),
    'src/app.ts': all(
      before('import type { Mailer, Unread }', "import { webhook } from './mail/webhook.ts';\n"),
      before('mail: mailerOf(', 'webhook, '),
    ),
    'test/http/recipients.test.ts': before("  mail: 'ops", "  webhook: 'https://contoso.com/hook',\n"),
    'src/mail/webhook.ts': written(SENDER),
    'src/http/vaults/shapes.ts': (copy, file) =>
      copy.replace(file, 'z.array(email)', 'z.array(z.union([email, z.url({ protocol: /^https$/ })]))'),
    'test/tools/api/wire.json': WIRE,
  },
};
