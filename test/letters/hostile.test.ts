import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALERT_TYPES, type AlertType } from '../../src/core/alertTypes.ts';
import type { Facts } from '../../src/core/caller.ts';
import type { Occasion } from '../../src/letters/blocks.ts';
import { letter } from '../../src/letters/letter.ts';
import { anAlert, anOccasion, PORTAL } from './examples.ts';

const NAMES = [
  ...[
    'workload',
    'sourceId',
    'points',
    'oldestPoint',
    'deletedAt',
    'deletedBy',
    'retentionDays',
    'purgeAt',
    'purgedAt',
  ],
  ...[
    'reason',
    'comment',
    'by',
    'tenant',
    'roles',
    'channel',
    'clientAddress',
    'secondFactor',
    'provedBy',
    'grantedBy',
    'alert',
  ],
  ...[
    'requestId',
    'from',
    'to',
    'before',
    'after',
    'count',
    'items',
    'lastAt',
    'policy',
    'server',
    'operation',
    'code',
  ],
  ...['job', 'recipient', 'attempts', 'hybrid', '__proto__', 'constructor', 'daysLeft', 'recipients'],
];
const NASTY = [
  '\r\nBcc: all@x.example',
  '<script>',
  '<b onload="x">',
  '"><img src=x onerror=x>',
  "' style='",
  '&lt;',
  '</pre><b>',
  '\u202e',
  '\u2028',
  '\u0000',
  '\ud800',
  '{{x}}',
  '`',
];

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...NASTY),
  fc.array(fc.oneof(fc.constantFrom(...NASTY), fc.string()), { maxLength: 6 }).map((parts) => parts.join('')),
);
const value = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 4 }),
);
const facts: fc.Arbitrary<Facts> = fc.dictionary(fc.constantFrom(...NAMES), value);

const alerts = fc
  .record({
    type: fc.constantFrom<AlertType>(...ALERT_TYPES),
    facts,
    vault: fc.option(text),
    item: fc.option(text),
    id: text,
  })
  .map(({ type, ...over }) => ({ ...anAlert(type), ...over }));
const occasions: fc.Arbitrary<Occasion> = fc
  .record({
    alert: alerts,
    members: fc.array(alerts, { maxLength: 3 }),
    as: fc.constantFrom('recipient', 'owner', 'operator'),
    resourceGroup: fc.option(text),
  })
  .map(({ alert, ...over }) => anOccasion(alert, over));

/** Everything that can end a header, control a terminal or turn the reading direction. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
/** All the markup there is: what a letter about nothing in particular is made of. */
const OURS =
  /<(?:!doctype html|\/?(?:html|head|body|meta|title|div|table|tr|td|th|h1|h2|p|pre|span|a))(?: [a-z-]+="[^"<>]*")*>/g;

test('a subject is one printable line of at most 200 characters', () => {
  fc.assert(
    fc.property(occasions, (occasion) => {
      const { subject } = letter(occasion);
      expect(subject).not.toMatch(UNPRINTABLE);
      expect(subject.length).toBeLessThanOrEqual(200);
    }),
    { numRuns: 400 },
  );
});

test('HTML has no element, attribute or entity but ours', () => {
  fc.assert(
    fc.property(occasions, (occasion) => {
      const rest = letter(occasion).html.replace(OURS, '');
      expect(rest).not.toMatch(/[<>"']/);
      expect(rest.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, '')).not.toContain('&');
    }),
    { numRuns: 400 },
  );
});

test('attributes are ours too: the same ones, whatever the facts are', () => {
  // A page of the portal is named by plain names only.
  const page = new RegExp(` href="${PORTAL}#/[A-Za-z0-9._?=&;/-]+"`, 'g');
  const attributes = (occasion: Occasion) =>
    new Set(
      letter(occasion)
        .html.replace(page, '')
        .match(/ [a-z-]+="[^"]*"/g),
    );
  const known = new Set(
    ALERT_TYPES.flatMap((type) => [
      ...attributes(anOccasion(anAlert(type, { items: ['a, b'] }), { members: [anAlert('UpcomingPurge')] })),
    ]),
  );
  fc.assert(
    fc.property(occasions, (occasion) => {
      expect([...attributes(occasion)].filter((one) => !known.has(one))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('what a caller wrote is read as it was written', () => {
  const { text: written, html } = letter(anOccasion(anAlert('DeleteBackupData', { comment: `a<b> & "c" 'd' &lt;` })));
  expect(written).toContain(`a<b> & "c" 'd' &lt;`);
  expect(html).toContain('a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; &amp;lt;');
});

test('no value makes a line of its own in the text', () => {
  fc.assert(
    fc.property(fc.constantFrom<AlertType>(...ALERT_TYPES), text, (type, nasty) => {
      const forged = `${nasty}\nWhat to do\n  Send your password to x@x.example`;
      const written = letter(anOccasion(anAlert(type, { comment: forged, reason: forged, by: forged })));
      expect(written.text.match(/^What to do$/gm)).toHaveLength(1);
      expect(written.text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE);
    }),
  );
});

test('names that are no names make no command', () => {
  const alert = { ...anAlert('DeleteBackupData'), item: 'a; rm -rf /' };
  expect(letter(anOccasion(alert)).text).not.toMatch(/npx|POST/);
});

test('a value of any length stays of bearable length', () => {
  const { text: written } = letter(anOccasion(anAlert('DeleteBackupData', { comment: '\u{1f600}'.repeat(100_000) })));
  expect(written.length).toBeLessThan(10_000);
  expect(written).not.toMatch(/\p{Cs}/u);
});
