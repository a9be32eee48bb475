/** Tells whether a decoded path value satisfies an inline constraint, with the meanings ASP.NET gives them. */
export type Constraint = (value: string) => boolean;

const GUID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f-]{36}\}|\([0-9a-f-]{36}\))$/i;
const DECIMAL = /^\s*[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

const within = (text: string, least: bigint, most: bigint): boolean => {
  if (!/^[+-]?\d{1,40}$/.test(text)) return false;
  const value = BigInt(text.replace('+', ''));
  return value >= least && value <= most;
};

const INT = { least: -(2n ** 31n), most: 2n ** 31n - 1n };
const LONG = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

const PLAIN: Readonly<Record<string, Constraint>> = {
  int: (value) => within(value, INT.least, INT.most),
  long: (value) => within(value, LONG.least, LONG.most),
  bool: (value) => /^(true|false)$/i.test(value.trim()),
  guid: (value) => GUID.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  decimal: (value) => DECIMAL.test(value),
  double: (value) => DECIMAL.test(value),
  float: (value) => DECIMAL.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  required: (value) => value !== '',
  file: (value) => isFileName(value),
  nonfile: (value) => !isFileName(value),
};

const isFileName = (value: string): boolean => /\.[^./]+$/.test(value);

const WITH_ARGUMENTS: Readonly<Record<string, (args: string) => Constraint | undefined>> = {
  minlength: (args) =>
    numbers(
      args,
      1,
      ([least = 0]) =>
        (value) =>
          value.length >= least,
    ),
  maxlength: (args) =>
    numbers(
      args,
      1,
      ([most = 0]) =>
        (value) =>
          value.length <= most,
    ),
  length: (args) =>
    args.includes(',')
      ? numbers(
          args,
          2,
          ([least = 0, most = 0]) =>
            (value) =>
              value.length >= least && value.length <= most,
        )
      : numbers(
          args,
          1,
          ([exact = 0]) =>
            (value) =>
              value.length === exact,
        ),
  min: (args) =>
    numbers(
      args,
      1,
      ([least = 0]) =>
        (value) =>
          within(value, BigInt(least), LONG.most),
    ),
  max: (args) =>
    numbers(
      args,
      1,
      ([most = 0]) =>
        (value) =>
          within(value, LONG.least, BigInt(most)),
    ),
  range: (args) =>
    numbers(
      args,
      2,
      ([least = 0, most = 0]) =>
        (value) =>
          within(value, BigInt(least), BigInt(most)),
    ),
  regex: (args) => pattern(args),
};

/** undefined: ASP.NET knows no such constraint, and refuses the route. */
export const constraint = (name: string, args: string | undefined): Constraint | undefined =>
  args === undefined ? own(PLAIN, name.toLowerCase()) : own(WITH_ARGUMENTS, name.toLowerCase())?.(args);

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

function numbers(args: string, count: number, make: (values: number[]) => Constraint): Constraint | undefined {
  const values = args.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  return values.length === count && values.every(Number.isSafeInteger) ? make(values) : undefined;
}

/** ASP.NET's regex constraint ignores case and is not anchored unless it says so. */
function pattern(source: string): Constraint | undefined {
  try {
    const compiled = new RegExp(source, 'i');
    return (value) => compiled.test(value);
  } catch {
    return undefined;
  }
}
