/** Links of parts in a batch response. Each has about 600 bytes, and with the other links of 500 objects, the response stays below 1 MB. */
const MAX_PART_LINKS = 600;

/** Maximum number of parts of each object, if a batch has this number of objects in parts. */
export const maxLfsParts = (objects: number): number => Math.max(1, Math.floor(MAX_PART_LINKS / objects));

/** A part as the client reports it when it completes an upload. */
export interface LfsPart {
  /** Starts at 1. */
  readonly partNumber: number;
  /** ETag from the response to the part's upload, with or without quotes. */
  readonly etag: string;
}

/** Part size in bytes (the last part may be smaller). Larger files get larger parts, not more of them. */
export const lfsPartSize = (size: number, wanted: number, maxParts: number): number =>
  Math.max(wanted, Math.ceil(size / maxParts));

/** Number of parts. Clients compute the same value (contract C.5). */
export const lfsPartCount = (size: number, partSize: number): number => Math.ceil(size / partSize);

/** Required size of a part in bytes; `undefined` if the file has no such part. */
export function lfsPartLength(partNumber: number, size: number, partSize: number): number | undefined {
  if (!Number.isSafeInteger(partNumber) || partNumber < 1 || partNumber > lfsPartCount(size, partSize))
    return undefined;
  return Math.min(partSize, size - (partNumber - 1) * partSize);
}

/** Sorts the parts and removes the quotes of their ETags. Returns an error message if a part is missing or invalid. */
export function orderLfsParts(parts: readonly LfsPart[], count: number): readonly LfsPart[] | string {
  const etags = new Map(parts.map(({ partNumber, etag }) => [partNumber, etag.replaceAll('"', '')]));
  const invalid = parts.find(({ partNumber }) => partNumber < 1 || partNumber > count);
  if (invalid) return `Part ${invalid.partNumber} does not exist. The parts are 1 to ${count}.`;
  const ordered = Array.from({ length: count }, (_, at) => ({ partNumber: at + 1, etag: etags.get(at + 1) ?? '' }));
  const missing = ordered.find(({ etag }) => etag === '');
  return missing ? `Part ${missing.partNumber} of ${count} is missing from the list` : ordered;
}
