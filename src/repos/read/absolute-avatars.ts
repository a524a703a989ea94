import type { OperationKind } from '../../domain/operation.js';
import { fieldsOf, type Fields } from '../../domain/read-fields.js';

/** Fields with the path of an avatar, such as `/avatars/1f.svg`. */
const AVATAR_FIELDS = ['avatar', 'avatarUrl'];

/**
 * Makes the relative avatar URLs of people in a source's reply absolute. Otherwise, they would refer to this hub (contract G.1).
 * @param base - the source's URL
 */
export function withAbsoluteAvatars(kind: OperationKind, json: unknown, base: string): unknown {
  const authored = (entry: unknown): unknown => withAuthor(entry, base);
  if (kind === 'commits')
    return (json as readonly unknown[]).map((commit) => eachIn(commit, 'authors', (author) => absolute(author, base)));
  if (kind !== 'discussions') return json;
  return eachIn(eachIn(authored(json), 'discussions', authored), 'events', authored);
}

/** The object, with each element of one of its lists replaced. */
function eachIn(value: unknown, name: string, replace: (element: unknown) => unknown): unknown {
  const list = fieldsOf(value)[name];
  return Array.isArray(list) ? { ...fieldsOf(value), [name]: list.map(replace) } : value;
}

function withAuthor(value: unknown, base: string): unknown {
  const fields = fieldsOf(value);
  return typeof fields['author'] === 'object' ? { ...fields, author: absolute(fields['author'], base) } : value;
}

function absolute(person: unknown, base: string): unknown {
  const fields: Fields = fieldsOf(person);
  const relative = AVATAR_FIELDS.filter((name) => /^\/(?!\/)/.test(String(fields[name])));
  return relative.length === 0
    ? person
    : { ...fields, ...Object.fromEntries(relative.map((name) => [name, `${base}${String(fields[name])}`])) };
}
