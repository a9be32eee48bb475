/**
 * The arrows of docs/architecture.md: imports point right only. Type imports count like all others.
 * `npm run verify` holds them; a room, an import that a room may use, or a new arrow is one line here.
 */
/** A room may import itself and what is named; all else is an error. */
const room = (name, from, allowed, more = {}) => ({
  name,
  comment: 'See "Rooms" in docs/architecture.md: a room imports only what lies to its right.',
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed, ...more },
});

const NODE = { dependencyTypesNot: ['core'] };
const LUXON = ['^node_modules/luxon/', '^node_modules/@types/luxon/'];
const ZOD = '^node_modules/zod/';
const FUNCTIONS = '^node_modules/@azure/functions/';
/** What can be written, and every door out. */
const PORTS = '^src/(ports/|(ports|change)\\.ts$)';
const CORE = '^src/core/';
const SCHEDULE = '^src/schedule\\.ts$';

/** The rooms of the stories, from left to right: a room imports only rooms after it, as far as its row says. */
const ROOMS = {
  service: ['sweep', 'items', 'authorize', 'story'],
  orders: ['items', 'authorize', 'story'],
  sweep: ['items', 'guards', 'vaults', 'authorize', 'story'],
  items: ['authorize', 'story'],
  servers: ['authorize', 'story'],
  guards: ['authorize', 'story'],
  vaults: ['executors', 'authorize', 'story'],
  kinds: ['executors', 'authorize', 'story'],
  executors: ['story', 'authorize'],
  alerts: ['authorize', 'notify', 'story'],
  notify: ['story'],
  authorize: ['story'],
  story: [],
};
const storyRooms = Object.entries(ROOMS).map(([name, after]) => ({
  name: `flows-${name}`,
  comment: 'The rooms of src/flows and their arrows are drawn in docs/architecture.md.',
  severity: 'error',
  from: { path: `^src/flows/${name}/` },
  to: { path: '^src/flows/', pathNot: [name, ...after].map((room) => `^src/flows/${room}/`) },
}));

module.exports = {
  forbidden: [
    // crypto: a hash is a sum like any other
    room('core-is-pure', CORE, [CORE, ZOD, ...LUXON, '^crypto$']),
    room('ports-know-core', PORTS, [CORE, PORTS]),
    room('telemetry-watches-ports', '^src/telemetry/', [
      '^src/telemetry/',
      PORTS,
      CORE,
      FUNCTIONS,
      '^node_modules/@opentelemetry/',
      '^async_hooks$',
    ]),
    room('letters-are-pure', '^src/letters/', ['^src/letters/', CORE]),
    ...storyRooms,
    {
      name: 'flows-are-rooms',
      comment: 'A story lives in a room that is named after what people talk about.',
      severity: 'error',
      from: {},
      to: { path: '^src/flows/[^/]+\\.ts$' },
    },
    // crypto: names that everybody derives alike
    room('flows-know-ports', '^src/flows/', ['^src/flows/', '^src/letters/', PORTS, CORE, '^crypto$']),
    room('mail-is-behind-a-port', '^src/mail/', ['^src/mail/', PORTS, '^node_modules/@azure/']),
    room(
      'store-knows-azure',
      '^src/store/',
      ['^src/store/', PORTS, CORE, ZOD, '^node_modules/@azure/', ...LUXON],
      NODE,
    ),
    room(
      'http-is-skin',
      '^src/http/',
      ['^src/http/', '^src/flows/', '^src/telemetry/', '^src/(config|schedule|clock)\\.ts$', PORTS, CORE].concat(
        ZOD,
        FUNCTIONS,
        '^node_modules/jose/',
        LUXON,
      ),
      NODE,
    ),
    // Whether a setting is watched is a word of the table of controls.
    room('config-reads-settings', '^src/config\\.ts$', [
      SCHEDULE,
      '^src/connectionString\\.ts$',
      '^src/core/leaves\\.ts$',
      ZOD,
      ...LUXON,
    ]),
    room('schedules-stand-alone', SCHEDULE, ['^node_modules/croner/']),
    room('clock-is-a-port', '^src/clock\\.ts$', [PORTS, CORE, ...LUXON]),
    room('secrets-are-a-port', '^src/secrets\\.ts$', [PORTS, CORE], NODE),
    room('main-registers', '^src/main\\.ts$', ['^src/functions\\.ts$', FUNCTIONS]),
    room('functions-are-the-doors', '^src/functions\\.ts$', ['^src/(app|config)\\.ts$', '^src/http/', FUNCTIONS]),
    room('client-stands-alone', '^client/', ['^client/']),
    room('portal-knows-the-api-only', '^portal/', [
      '^portal/',
      '^client/',
      '^node_modules/@(fluentui|microsoft)/',
      '^node_modules/@azure/msal-browser/',
    ]),
    room('cli-knows-the-api-only', '^cli/', ['^cli/', '^client/', '^node_modules/esbuild/'], NODE),
    // fetch alone: no module of Node either, but in what makes the package
    room('executor-needs-fetch-alone', '^executor/(?!bundle\\.ts$)', ['^executor/', '^client/']),
    // as a user of the package would write them
    room(
      'examples-know-the-package-only',
      '^examples/',
      ['^examples/', '^executor/executor\\.ts$', '^node_modules/@azure/'],
      NODE,
    ),
    {
      name: 'nothing-deployed-needs-an-executor',
      comment: 'It is the library of those who call the service.',
      severity: 'error',
      from: { path: '^(src|portal|cli|client)/' },
      to: { path: '^(executor|examples)/' },
    },
    {
      name: 'nothing-deployed-needs-the-command-line',
      comment: 'It is one more caller. Its help is drawn by a script, and tests type its words.',
      severity: 'error',
      from: { path: '^(src|local|portal)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'nothing-deployed-needs-the-portal',
      comment: 'It is built to files, which are served as they are. Tests may look at its pure parts.',
      severity: 'error',
      from: { path: '^(src|local)/' },
      to: { path: '^portal/' },
    },
    {
      name: 'only-app-picks-the-store',
      comment: 'Whoever else wants storage asks for a port.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(store/|app\\.ts$)' },
      to: { path: '^src/store/' },
    },
    {
      name: 'nobody-imports-main',
      comment: 'Importing main has an effect: it registers the functions.',
      severity: 'error',
      from: {},
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'local-stands-apart',
      comment:
        'The stand-ins load the built app as the Functions host would; they know nothing of its sources, but how the host reads a schedule.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(src|test|tools)/', pathNot: SCHEDULE },
    },
    {
      name: 'src-is-what-is-deployed',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(local|test|tools)/' },
    },
    {
      name: 'deployed-needs-dependencies',
      comment: 'What src imports is a dependency, not a development one.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'], pathNot: LUXON },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      comment: 'Nothing imports it and it imports nothing: is it still needed?',
      severity: 'error',
      from: { orphan: true, path: '^src/' },
      to: {},
    },
  ],
  options: {
    // TypeScript 7 has no parser for others to use, so the sources are read by swc.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: '^(cli|executor)/dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

// Without it no TypeScript file is looked at, and everything looks right.
require.resolve('@swc/core');
