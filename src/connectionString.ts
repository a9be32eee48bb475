const DEVELOPMENT = 'UseDevelopmentStorage=true';

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

export const isLoopback = (endpoint: string): boolean =>
  URL.canParse(endpoint) && LOOPBACK.includes(new URL(endpoint).hostname);

const isGiven = (value: string): boolean => value !== '';

/**
 * What a connection string of a local run holds: all of it, and nothing else. A part that is not here could lead an SDK elsewhere. A
 * missing endpoint would, too, so each service has one.
 */
const LOCAL_PARTS: Readonly<Record<string, (value: string) => boolean>> = {
  DefaultEndpointsProtocol: isGiven,
  AccountName: (value) => value === 'devstoreaccount1',
  AccountKey: isGiven,
  TableEndpoint: isLoopback,
  QueueEndpoint: isLoopback,
  BlobEndpoint: isLoopback,
};

/** Read part by part: searched for what it should hold, it could hold anything beside that. */
export function isOnThisMachine(storage: string): boolean {
  if (storage === DEVELOPMENT) return true;
  const parts = storage.replace(/;$/, '').split(';').map(nameAndValue);
  const names = new Set(parts.map(([name]) => name));
  return (
    parts.length === names.size &&
    Object.keys(LOCAL_PARTS).every((name) => names.has(name) || name === 'DefaultEndpointsProtocol') &&
    parts.every(([name, value]) => Object.hasOwn(LOCAL_PARTS, name) && LOCAL_PARTS[name]?.(value))
  );
}

const nameAndValue = (part: string): readonly [name: string, value: string] => {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
};

const valuesIn = (connection: string, name: string): readonly string[] =>
  [...connection.matchAll(new RegExp(`(?:^|;)${name}=([^;]*)`, 'g'))].map(([, value = '']) => value);

/** What both SDKs can read. At anything else one of them throws, and then there would be no app to say so. */
export function isConnectionString(storage: string): boolean {
  if (storage === DEVELOPMENT) return true;
  const has = (name: string, fits: (value: string) => boolean): boolean => {
    const values = valuesIn(storage, name);
    return values.length > 0 && values.every(fits);
  };
  const isUrl = (value: string) => URL.canParse(value);
  const isWord = (value: string) => /^[\w.-]+$/.test(value);
  return (
    has('DefaultEndpointsProtocol', (value) => /^https?$/.test(value)) &&
    has('AccountName', isWord) &&
    has('AccountKey', (value) => /^[A-Za-z0-9+/]+=*$/.test(value)) &&
    (has('EndpointSuffix', isWord) || (has('TableEndpoint', isUrl) && has('QueueEndpoint', isUrl)))
  );
}
