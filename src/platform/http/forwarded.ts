import type { IncomingHttpHeaders } from 'node:http';

const QUOTED_OR_NOT = /(?:"(?:[^"\\]|\\.)*"|[^,"])+/g;

/** The `X-Forwarded-*` header of each parameter of `Forwarded`. */
const EQUIVALENTS = { for: 'x-forwarded-for', host: 'x-forwarded-host', proto: 'x-forwarded-proto' } as const;
const REPLACED_BY = [...Object.values(EQUIVALENTS), 'x-forwarded-port'];

/** The parameters of one element of `Forwarded`, by their names in lower case. */
function parametersOf(element: string): ReadonlyMap<string, string> {
  const pairs = element.split(';').map((pair) => pair.split('='));
  return new Map(
    pairs.map(([name = '', value = '']) => [name.trim().toLowerCase(), value.replace(/["\\]/g, '').trim()]),
  );
}

/**
 * Replaces a `Forwarded` header (RFC 7239) by the equivalent `X-Forwarded-*` headers, so that the rest of the hub reads one notation.
 * If a request has both, `Forwarded` is ignored: proxies that do not know it forward the one of the client.
 */
export function normalizeForwarded(headers: IncomingHttpHeaders): void {
  const { forwarded } = headers;
  delete headers.forwarded;
  if (forwarded === undefined || REPLACED_BY.some((name) => headers[name] !== undefined)) return;
  const elements = (forwarded.match(QUOTED_OR_NOT) ?? []).map(parametersOf);
  for (const [parameter, name] of Object.entries(EQUIVALENTS)) {
    const values = elements.map((parameters) => parameters.get(parameter)?.replaceAll(',', '') ?? '');
    if (values.some((value) => value !== '')) headers[name] = values.join(', ');
  }
}
