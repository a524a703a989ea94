import { RATE_CLASSES } from './rate-classes.js';
import { isParsed, type RouteBody, type RouteRow } from './route.js';

/** The limits of a route in OpenAPI (`x-limits`). */
export function describeLimits({ callers, capability, rate, body }: RouteRow): Record<string, unknown> {
  const described = describeBody(body, callers === 'anyone');
  return {
    callers,
    ...(capability && { requires: capability }),
    ...(rate && { requests_per_minute: { ...RATE_CLASSES[rate] } }),
    ...(described && { body: described }),
  };
}

function describeBody(body: RouteBody, isPublic: boolean): Record<string, unknown> | undefined {
  if (body.kind === 'none') return undefined;
  if (!isParsed(body)) return { kind: body.kind, ...(body.bytes !== undefined && { max_bytes: body.bytes }) };
  const { bytes, anonymousBytes, depth, elements, keys, string } = body.limits;
  return {
    kind: body.kind,
    max_bytes: bytes,
    ...(isPublic && { max_bytes_anonymous: anonymousBytes }),
    max_depth: depth,
    max_elements: elements,
    max_fields_per_object: keys,
    max_string_bytes: string,
  };
}
