/** A hub of our kind in a `Via` header. Entries of other proxies count as hops but are not passed on. */
const HUB_ENTRY = /^1\.1 hubfall-[0-9a-f]{8,32}$/;

/** The entry that names one instance (RFC 9110, 7.6.3: protocol version and a pseudonym). */
export const viaEntry = (instanceId: string): string => `1.1 hubfall-${instanceId}`;

/** The entries of a request's `Via` header, trimmed. */
export const parseVia = (header: string | undefined): string[] =>
  header ? header.split(',').map((entry) => entry.trim()) : [];

/** What our own request to a source says: the hubs on the way here, and this one. Nothing else of the client's travels. */
export const outgoingVia = (incoming: readonly string[], own: string): string =>
  [...incoming.filter((entry) => HUB_ENTRY.test(entry)), own].join(', ');
