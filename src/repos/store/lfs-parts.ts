/** Each part has a URL in the answer to a batch, which should stay readable. */
const MOST_PARTS = 1000;

/** A part of an upload as its client names it when all are there. */
export interface LfsPart {
  /** From 1. */
  readonly partNumber: number;
  /** As the part's answer said, with or without its quotes. */
  readonly etag: string;
}

/** Bytes of every part but the last; a file of many parts gets larger ones instead of more. */
export const lfsPartSize = (size: number, wanted: number): number => Math.max(wanted, Math.ceil(size / MOST_PARTS));

/** How many parts there are. Clients compute the same (contract C.5). */
export const lfsPartCount = (size: number, partSize: number): number => Math.ceil(size / partSize);

/** Bytes that this part must have; undefined for one that the file does not have. */
export function lfsPartLength(partNumber: number, size: number, partSize: number): number | undefined {
  if (!Number.isSafeInteger(partNumber) || partNumber < 1 || partNumber > lfsPartCount(size, partSize))
    return undefined;
  return Math.min(partSize, size - (partNumber - 1) * partSize);
}

/** The parts in order, without their quotes; a text says which one is wrong. */
export function orderLfsParts(parts: readonly LfsPart[], count: number): readonly LfsPart[] | string {
  const named = new Map(parts.map(({ partNumber, etag }) => [partNumber, etag.replaceAll('"', '')]));
  const stranger = parts.find(({ partNumber }) => partNumber < 1 || partNumber > count);
  if (stranger) return `There is no part ${stranger.partNumber}: the parts are 1 to ${count}`;
  const ordered = Array.from({ length: count }, (_, at) => ({ partNumber: at + 1, etag: named.get(at + 1) ?? '' }));
  const missing = ordered.find(({ etag }) => etag === '');
  return missing ? `Part ${missing.partNumber} of ${count} is missing from the list` : ordered;
}
