/** Whatever could end a line, turn the reading direction or hide: a value stays where it is put. */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+/gu;

/** People paste such things into comments. */
const SECRETS = [
  /\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|sig)=[^\s;&]+/gi,
  /\beyJ[\w-]{8,}\.[\w-]*\.?[\w-]*/g,
];

const LONGEST = 2000;

export const clip = (text: string, longest: number): string => {
  if (text.length <= longest) return text;
  // a character may be made of two code units: never half of one
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};

/** One line of readable text, whatever it was. */
export const plain = (text: string, longest = LONGEST): string => {
  const line = text
    .slice(0, 4 * LONGEST)
    .replace(UNPRINTABLE, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return clip(
    SECRETS.reduce((rest, secret) => rest.replace(secret, '[removed]'), line),
    longest,
  );
};
