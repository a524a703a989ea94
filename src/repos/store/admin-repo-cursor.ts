import { HubError } from '../../domain/hub-error.js';

/** Sort orders: by name ascending, most recently updated first, largest first. */
export const ADMIN_REPO_SORTS = ['name', 'updated', 'size'] as const;
export type AdminRepoSort = (typeof ADMIN_REPO_SORTS)[number];

/** The last repository of a page: the value that the list is sorted by, and what orders equal values. */
export interface AdminRepoPosition {
  readonly value: string;
  readonly key: string;
}

const TEXT = /^[^\0]{1,220}$/;
const FORMATS: Readonly<Record<AdminRepoSort, readonly [value: RegExp, key: RegExp]>> = {
  name: [TEXT, /^(?:model|dataset|space)$/],
  updated: [/^[\d :.+-]{19,40}$/, TEXT],
  size: [/^\d{1,18}$/, /^\d{1,9}$/],
};

/** Encodes the position of a page as an opaque cursor. */
export const writeAdminRepoCursor = (sort: AdminRepoSort, { value, key }: AdminRepoPosition): string =>
  Buffer.from(JSON.stringify([sort, value, key])).toString('base64url');

/** @throws HubError `BadRequest` if the cursor is malformed or belongs to another sort order */
export function readAdminRepoCursor(sort: AdminRepoSort, cursor: string): AdminRepoPosition {
  const [cursorSort, value, key] = parse(cursor);
  const [valueFormat, keyFormat] = FORMATS[sort];
  if (cursorSort === sort && matches(value, valueFormat) && matches(key, keyFormat)) return { value, key };
  const message = 'belongs to a different list. Start again without a cursor.';
  throw new HubError('BadRequest', `Invalid parameter "cursor": ${message}`, {
    fields: [{ field: 'cursor', message }],
  });
}

const matches = (part: unknown, format: RegExp): part is string => typeof part === 'string' && format.test(part);

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
