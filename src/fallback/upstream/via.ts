/** The entry of a Hubfall instance in a `Via` header. Entries of other proxies count as hops but are not forwarded. */
const HUB_ENTRY = /^1\.1 hubfall-[0-9a-f]{8,32}$/;

/** The `Via` entry of an instance: protocol version and pseudonym (RFC 9110, section 7.6.3). */
export const viaEntry = (instanceId: string): string => `1.1 hubfall-${instanceId}`;

/** The entries of a request's `Via` header, trimmed. */
export const parseVia = (header: string | undefined): string[] =>
  header ? header.split(',').map((entry) => entry.trim()) : [];

/** The `Via` header of a request to a source: the Hubfall instances that forwarded the request, and this one. */
export const outgoingVia = (incoming: readonly string[], own: string): string =>
  [...incoming.filter((entry) => HUB_ENTRY.test(entry)), own].join(', ');
