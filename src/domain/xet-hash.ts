/** The hash of a file or xorb in the notation of the Xet protocol. Clients put it into URLs. */
const XET_HASH = /^[0-9a-f]{64}$/;

export const isXetHash = (value: unknown): value is string => typeof value === 'string' && XET_HASH.test(value);
