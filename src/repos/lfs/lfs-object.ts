import type { LfsObject, LfsObjectResponse } from '../store/wire/lfs.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** git-lfs also sends `authenticated` if it repeats a request. */
const OBJECT_FIELDS = ['oid', 'size', 'authenticated'];

const isWholeNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Reads an object of a batch request. Returns an error for this object if it is invalid. */
export function readLfsObject(input: unknown): LfsObject | LfsObjectResponse {
  const { oid, size } = (input ?? {}) as Record<string, unknown>;
  const object = { oid: typeof oid === 'string' ? oid : '', size: isWholeNumber(size) ? size : 0 };
  if (!SHA256.test(object.oid)) return lfsObjectError(object, 422, 'oid must be a SHA-256 in lower-case hex');
  if (!isWholeNumber(size)) return lfsObjectError(object, 422, 'size must be a number of bytes');
  const unknown = Object.keys(input as object).find((field) => !OBJECT_FIELDS.includes(field));
  if (unknown !== undefined) return lfsObjectError(object, 422, `Unknown field "${unknown.slice(0, 100)}"`);
  return object;
}

/** The response for one object of a batch that cannot be transferred. */
export const lfsObjectError = ({ oid, size }: LfsObject, code: number, message: string): LfsObjectResponse => ({
  oid,
  size,
  error: { code, message },
});
