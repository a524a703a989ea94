const HOUR_MS = 3_600_000;
const HOURS_OF_WEEK = 168;

/** The first two hex digits that a SHA-256 digest can have: a store is looked through in these pieces. */
export const BLOB_PREFIXES: readonly string[] = Array.from({ length: 256 }, (_, at) =>
  at.toString(16).padStart(2, '0'),
);

/** The pieces of a store whose turn it is in this hour: in the hours of a week each has its turn once, whoever is restarted when. */
export function blobPrefixesOfHour(at: Date): string[] {
  const hour = Math.floor(at.getTime() / HOUR_MS) % HOURS_OF_WEEK;
  return BLOB_PREFIXES.filter((_, index) => Math.floor((index * HOURS_OF_WEEK) / BLOB_PREFIXES.length) === hour);
}
