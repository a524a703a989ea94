const HOUR_MS = 3_600_000;
const HOURS_OF_WEEK = 168;

/** All two-digit hex prefixes of a SHA-256 digest. The blob store is listed one prefix at a time. */
export const BLOB_PREFIXES: readonly string[] = Array.from({ length: 256 }, (_, at) =>
  at.toString(16).padStart(2, '0'),
);

/** The prefixes to list in the hour of `at`. Each prefix is listed once a week, regardless of restarts. */
export function blobPrefixesOfHour(at: Date): string[] {
  const hour = Math.floor(at.getTime() / HOUR_MS) % HOURS_OF_WEEK;
  return BLOB_PREFIXES.filter((_, index) => Math.floor((index * HOURS_OF_WEEK) / BLOB_PREFIXES.length) === hour);
}
