/**
 * What is known of the real host: seen under it, recorded, or read in its source. Each is either done here as there, and a test
 * shows it, or done otherwise, and it is said why nobody is misled. `local/host/DIFFERENCES.md` is made from this.
 */
interface Same {
  readonly real: string;
  /** A file of test/local/host and how the name of its test begins. */
  readonly shownBy: readonly [file: string, title: string];
}

interface Different {
  readonly real: string;
  readonly ours: string;
  readonly harmless: string;
}

export const SAME: readonly Same[] = [
  {
    real: 'A body reaches a function only with a `Content-Length`; a chunked one arrives empty, with its `transfer-encoding` header.',
    shownBy: ['edges', '%s: it is empty, and the header is there'],
  },
  {
    real: 'Of `Content-Length` and `Transfer-Encoding` together the first is renamed `x-content-length`.',
    shownBy: ['edges', 'chunked and with a length: the length is put aside'],
  },
  { real: 'More than 100 MB, declared, is a 500 without a body.', shownBy: ['edges', 'more than 100 MB, declared'] },
  {
    real: 'The address that a function is told is written anew from the decoded path.',
    shownBy: ['edges', '%s is %s'],
  },
  { real: 'Headers are UTF-8: what is not is a 400.', shownBy: ['edges', 'a header is read as UTF-8'] },
  { real: 'A header of an answer that is not ASCII is a 500.', shownBy: ['edges', 'a header that is not ASCII'] },
  {
    real: 'Answers are chunked unless the function sets a length, which is passed on unchecked.',
    shownBy: ['edges', 'a length that the function sets is passed on unchecked'],
  },
  { real: 'Of several `Set-Cookie` the last wins.', shownBy: ['edges', 'of two cookies the last wins'] },
  { real: 'The answer to HEAD has no length.', shownBy: ['edges', 'it is chunked, and that of HEAD has no length'] },
  {
    real: 'No result of a function is a 204, a throw a 500 without a body.',
    shownBy: ['http', '204 when nothing was returned'],
  },
  {
    real: 'Of two routes that fit, the first by the name of its function wins.',
    shownBy: ['http', 'the first that fits by name'],
  },
  {
    real: 'A method that no function of the path lists, HEAD, OPTIONS and TRACE too, is a bare 404.',
    shownBy: ['http', 'a path nobody has, and a method the route does not list'],
  },
  {
    real: 'A path with two slashes side by side fits no route, not even one that takes everything.',
    shownBy: ['routing', '%s does not take %s'],
  },
  {
    real: 'A route that begins with `admin` or `runtime` puts its function in error.',
    shownBy: ['http', 'functions that are disabled or in error have no route'],
  },
  {
    real: '`/admin` and `/runtime` are the host’s own: 401 without its master key.',
    shownBy: ['http', 'tells its status to who has the master key'],
  },
  {
    real: '`POST /admin/functions/{name}` with `{"input":""}` runs a function: 202.',
    shownBy: ['http', 'calls a function by hand with 202'],
  },
  {
    real: '`AzureWebJobsDisableHomepage` makes `GET /` a 204.',
    shownBy: ['http', 'greets at its root as the real one does'],
  },
  {
    real: 'The functions are listed at the start, as `func start` does.',
    shownBy: ['http', 'needs no storage for an app without timers'],
  },
  {
    real: 'If the app throws while it is loaded, there is no function, and everything is a bare 404.',
    shownBy: ['life', 'an app that throws while it loads runs without functions'],
  },
  {
    real: 'Two functions of one name are such a throw; a function that comes late is refused.',
    shownBy: ['life', 'a function registered after the start is refused'],
  },
  {
    real: 'A schedule that cannot be read turns off its timer and nothing else.',
    shownBy: ['life', 'a schedule nobody understands turns off its timer'],
  },
  {
    real: 'The environment beats `local.settings.json`.',
    shownBy: ['life', 'the environment beats local.settings.json'],
  },
  {
    real: 'SIGTERM lets a piece of work finish.',
    shownBy: ['life', 'SIGTERM lets a request in work finish'],
  },
  {
    real: 'The library finds its core through `require`, also when it is bundled; loaded before that, it registers nothing.',
    shownBy: ['life', 'an app whose library went into test mode'],
  },
  {
    real: 'What host and library tell each other: functions, invocations, answers.',
    shownBy: ['wire', 'what the library and its host tell each other'],
  },
  {
    real: 'Schedules have six fields; day of month and day of week must both fit; all is UTC.',
    shownBy: ['timing', 'day of month and day of week must both fit'],
  },
  {
    real: 'An occurrence missed while no host ran is made up for once.',
    shownBy: ['timers', 'an occurrence missed while no host ran'],
  },
  { real: 'Of two hosts one fires the timers.', shownBy: ['timers', 'of two instances one fires'] },
  {
    real: 'Queues: batches of 16, eight at a time more, five tries, visible again at once, looked at once a minute, unless host.json says otherwise.',
    shownBy: ['parts', 'has the defaults of Azure'],
  },
  {
    real: 'A setting `AzureFunctionsJobHost__…` beats its place in host.json.',
    shownBy: ['parts', 'is beaten by settings that name a place in it'],
  },
  {
    real: 'The wait between looks at an empty queue doubles up to its ceiling.',
    shownBy: ['parts', 'grows from 100 ms and stays at the ceiling'],
  },
  {
    real: 'A message in work is hidden for ten minutes, and renewed.',
    shownBy: ['message', 'a message in work stays hidden'],
  },
  {
    real: 'After its last try a message lies in the poison queue.',
    shownBy: ['queues', 'a message that keeps failing'],
  },
  {
    real: 'A message that is not base64 goes there untried.',
    shownBy: ['queues', 'a message that is not base64'],
  },
  {
    real: 'A queue that does not exist is looked at and never created.',
    shownBy: ['queues', 'a queue that is not there'],
  },
];

export const DIFFERENT: readonly Different[] = [
  {
    real: 'While it starts it answers 503 “Function host is not running.”',
    ours: 'The port is closed until all is ready.',
    harmless: 'Nothing runs in either; who waits for readiness tries again in both.',
  },
  {
    real: 'Host and worker are two processes: when the worker dies, the request in work is a 500, and others wait for the next worker. An unhandled rejection is such a death.',
    ours: 'One process: when it dies, connections break. An unhandled rejection is logged, and the host lives on.',
    harmless: 'No caller gets a success in either, and a write that came to nothing is repeated under its key.',
  },
  {
    real: 'An app that is not found, or registers nothing without a throw, leaves a host that answers 404.',
    ours: 'The host ends with a sentence.',
    harmless: 'Louder, and no request does anything in either.',
  },
  {
    real: 'Each timer has a lease of its own; after a kill another host has it in about a minute.',
    ours: 'One lease for all timers, for 15 seconds.',
    harmless: 'Two never fire the same timer in either; here one waits less.',
  },
  {
    real: 'The master key is a secret; it may come as `?code=`, and a token of the platform is as good.',
    ours: 'It is the word `local`, in the header `x-functions-key`, and nothing else is taken.',
    harmless: 'Stricter in what is taken; only this machine can reach the port.',
  },
  {
    real: 'Below `/admin` there is more than the status and the call by hand; `/admin/host/ping` is one.',
    ours: '404 with the key.',
    harmless: 'Nothing of this app asks for it.',
  },
  {
    real: 'Any `Host` is taken, and a request of any page; `POST /admin/…` takes any type.',
    ours: '421 but for `127.0.0.1`, `localhost` and `[::1]` with its own port; 403 for pages of other sites; 415 but for `application/json`.',
    harmless: 'Stricter: a page in the browser of a developer cannot use a host that asks for no token.',
  },
  {
    real: 'Keys are asked for where a function does not say `anonymous`; CORS is answered where it is configured.',
    ours: 'Neither is looked at.',
    harmless: 'All functions of this app are anonymous, and it configures no CORS.',
  },
  {
    real: 'Routes may have constraints, optional parts, defaults, and several parts between two slashes (`{x}:undelete`).',
    ours: 'Such a function is in error, and the list says so.',
    harmless: 'Louder; this app has none.',
  },
  {
    real: 'Other triggers and bindings; `runOnStartup`, `useMonitor`, `dataType`; a queue output as return value.',
    ours: 'Such a function is in error, and the list says so.',
    harmless: 'Louder; this app has none.',
  },
  {
    real: 'Hooks around an invocation and on log lines; HTTP streams; cookies of an answer.',
    ours: 'A RangeError; the end of the start; a 500.',
    harmless: 'Louder; this app has none.',
  },
  {
    real: 'A function that sets `transfer-encoding` makes its answer unreadable.',
    ours: '500, and the log says why.',
    harmless: 'Louder; no function of this app sets it.',
  },
  {
    real: 'These are read: methods in small letters or of one’s own making, lines that end in LF alone, two `Transfer-Encoding` headers, a `Content-Length` beside one.',
    ours: 'Node’s parser makes them a 400; only the last is read, and only in the first request of a connection.',
    harmless: 'Stricter: the request does nothing. No client library sends them.',
  },
  {
    real: 'A function that runs longer than `functionTimeout` is ended, and its worker with it; retry policies of functions; trace contexts.',
    ours: 'Not looked at.',
    harmless:
      'Every piece of work of this app has a budget of its own that ends before; it has no retry policies and reads no trace context.',
  },
  {
    real: 'Queue functions need an extension bundle in host.json.',
    ours: 'It is not asked for.',
    harmless: 'The host.json of this app names one; a test looks.',
  },
  {
    real: 'Schedules may be time spans or have five fields; time spans may be a day and more.',
    ours: 'The timer is in error; the host does not start.',
    harmless: 'Stricter: what runs here runs there.',
  },
  {
    real: 'Connections by identity, log levels and sampling of host.json.',
    ours: 'Not looked at: a connection is a connection string, and everything from information up is logged.',
    harmless: 'They belong to a deployment; a function whose connection is missing is in error.',
  },
  {
    real: 'Several instances, as many as messages and requests ask for.',
    ours: 'One, unless one starts more.',
    harmless: 'Tests start two; the store, not the memory, is what instances share.',
  },
  {
    real: 'The welcome page at `/` is a page of 150 KB.',
    ours: 'It is a line.',
    harmless: 'Its status and its type are the same, and this app turns it off.',
  },
  {
    real: 'Answers bear `Server: Kestrel`.',
    ours: 'They do not.',
    harmless: 'Nobody decides anything by it.',
  },
];
