const DEVELOPMENT = 'UseDevelopmentStorage=true';
const SERVICES = ['Table', 'Queue', 'Blob'] as const;

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

export const isLoopback = (endpoint: string): boolean =>
  URL.canParse(endpoint) && LOOPBACK.includes(new URL(endpoint).hostname);

/** Each service must have an endpoint, because the SDK would look for a missing one in Azure. */
export const isOnThisMachine = (storage: string): boolean =>
  storage === DEVELOPMENT ||
  SERVICES.every((service) => {
    const endpoints = valuesIn(storage, `${service}Endpoint`, 'gi');
    return endpoints.length > 0 && endpoints.every(isLoopback);
  });

const valuesIn = (connection: string, name: string, flags = 'g'): readonly string[] =>
  [...connection.matchAll(new RegExp(`(?:^|;)${name}=([^;]*)`, flags))].map(([, value = '']) => value);

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
