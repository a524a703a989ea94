import type { LfsObject, LfsObjectAnswer } from '../store/wire/lfs.js';

const SHA256 = /^[0-9a-f]{64}$/;

const isWholeNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** An object of a batch as it was sent: what it names, or the error that only this object gets. */
export function readLfsObject(sent: unknown): LfsObject | LfsObjectAnswer {
  const { oid, size } = (sent ?? {}) as Record<string, unknown>;
  const names = { oid: typeof oid === 'string' ? oid : '', size: isWholeNumber(size) ? size : 0 };
  if (!SHA256.test(names.oid)) return lfsObjectError(names, 422, 'oid is not a SHA-256 in 64 lower-case hex digits');
  if (!isWholeNumber(size)) return lfsObjectError(names, 422, 'size is not a whole number of bytes');
  return names;
}

/** An object's error, in the place of its actions. */
export const lfsObjectError = ({ oid, size }: LfsObject, code: number, message: string): LfsObjectAnswer => ({
  oid,
  size,
  error: { code, message },
});
