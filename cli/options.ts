/** Every option, once: a name means the same in every command. */
export const OPTIONS = {
  vault: { short: 'v', value: 'NAME', help: 'Name of the vault.' },
  item: { short: 'i', value: 'NAME', help: 'Name of the backup item.' },
  guard: { value: 'NAME', help: 'Name of the guard.' },
  executor: { value: 'NAME', help: 'Name of the executor.' },
  callers: { value: 'TENANT/ID', help: 'The apps that act for it, several with commas.' },
  contacts: { value: 'ADDRESS', help: 'Who else is told of what it leaves unconfirmed, several with commas.' },
  hours: { value: 'NUMBER', help: 'How long an order may wait for its confirmation. Default: 24.' },
  none: { help: 'No executor: only the record of the service is removed, unless the kind names one.' },
  parameters: {
    value: 'JSON',
    help: 'What the executor is told beside the order, member by member; null takes one away.',
  },
  kind: { value: 'NAME', help: 'Name of the kind.' },
  retry: { help: 'Have it tried again, by the executor that is named now.' },
  confirmed: { help: 'It is destroyed: you say so, with --proof.' },
  abandoned: { help: 'Nobody will ever confirm it.' },
  proof: { value: 'JSON', help: 'What was destroyed: {"objects":12,"bytes":4096}.' },
  body: { value: 'JSON', help: 'The members to set, as JSON: {"title":"Tenant"}.' },
  policy: { short: 'p', value: 'NAME', help: 'Policy that protects the item from now on.' },
  state: {
    value: 'STATE',
    help: 'Only those in this state, for instance SoftDeleted (items), New (alerts) or Blocked (orders).',
  },
  workload: { value: 'WORKLOAD', help: 'Only items of this workload, for instance AzureVM.' },
  server: { value: 'NAME', help: 'Only items of this server.' },
  type: { value: 'TYPE', help: 'Only alerts of this type, for instance UpcomingPurge.' },
  generation: { value: 'NUMBER', help: 'Which deletion of the item. Default: the latest one that ended in a purge.' },
  days: { value: 'NUMBER', help: 'How many days to look ahead, from 1 to 180. Default: 60.' },
  delete: { help: 'Delete the backups too: they can be undeleted until the soft-delete period is over.' },
  'retain-per-policy': { help: 'Keep the recovery points, and let them expire as the policy says.' },
  'confirm-name': { value: 'NAME', help: 'The name of the item again. Without it you are asked to type the name.' },
  reason: { value: 'TEXT', help: 'Why. It is kept in the history.' },
  comment: { value: 'TEXT', help: 'Details. They are kept in the history.' },
  'cancel-active-job': { help: 'Cancel the job that is running on it.' },
  preview: { help: 'Show the recovery points that would be cleaned up, and change nothing.' },
  'dry-run': { help: 'Show what would be done, and do nothing.' },
  'acknowledge-belt': { value: 'TOKEN', help: 'Release the purges that the belt held; a dry run shows the token.' },
  id: { value: 'ID', help: 'Id of the dead letter, the grant, the change, the operation or the purge order.' },
  operation: { value: 'NAME', help: 'Operation that the guard protects, for instance deleteProtection.' },
  grantee: { value: 'ID', help: 'Object id of the person who may do it. Absent: you ask for yourself.' },
  uses: { value: 'NUMBER', help: 'How often it may be done. Default: once.' },
  all: { help: 'All that there are: dead letters, or soft-deleted items.' },
  'deleted-by': { value: 'ID', help: 'Only what this caller deleted: the object id.' },
  from: { value: 'TIME', help: 'Only what was deleted then or later: 2026-11-21T08:00:00Z.' },
  to: { value: 'TIME', help: 'Only what was deleted then or earlier.' },
  until: {
    value: 'TIME',
    help: 'When it ends: a pause within seven days, a grant within one: 2026-11-21T18:00:00Z.',
  },
  end: { help: 'End the pause now.' },
  wait: { help: 'Wait until it has ended.' },
  export: { value: 'FILE', help: 'Check against this archive, which `history export` wrote, instead of the service.' },
  offline: { help: 'Ask nobody: check only what the file says of itself.' },
  json: { help: 'Answer in JSON, as the service gave it.' },
  url: { value: 'URL', help: 'Where the service is. Default: REPRIEVE_URL, else http://127.0.0.1:7071.' },
  resource: {
    value: 'ID',
    help: 'Application that the Azure CLI gets a token for. Default: REPRIEVE_RESOURCE.',
  },
  help: { short: 'h', help: 'Show this help.' },
  version: { help: 'Show the version of the command line.' },
} as const satisfies Readonly<Record<string, OptionRow>>;

interface OptionRow {
  readonly short?: string;
  /** The word for the value in the help. An option without it is a switch. */
  readonly value?: string;
  readonly help: string;
}

export type OptionName = keyof typeof OPTIONS;
export const GLOBAL = ['json', 'url', 'resource', 'help', 'version'] as const satisfies readonly OptionName[];

type Switch = { [N in OptionName]: (typeof OPTIONS)[N] extends { value: string } ? never : N }[OptionName];

/** What was typed. */
export type Given = { readonly [N in OptionName]?: N extends Switch ? boolean : string } & {
  /** The file that stands behind the words, for commands that take one. */
  readonly file?: string | undefined;
};

export const rowOf = (name: OptionName): OptionRow => OPTIONS[name];

/** The options in the form that `parseArgs` of node:util takes. */
export const parsable = (names: readonly OptionName[]) =>
  Object.fromEntries(
    names.map((name) => {
      const { short, value } = rowOf(name);
      return [name, { type: value ? ('string' as const) : ('boolean' as const), ...(short ? { short } : {}) }];
    }),
  );

export const ALL = Object.keys(OPTIONS).filter((name): name is OptionName => Object.hasOwn(OPTIONS, name));
