import { isAccountName } from '../../domain/account-name.js';
import type { OperationKind } from '../../domain/operation.js';
import { fieldsOf, type Fields } from '../../domain/read-fields.js';

type Replace = (person: Fields) => Fields;

/** Fields with the path of an avatar, such as `/avatars/1f.svg`. */
const AVATAR_FIELDS = ['avatar', 'avatarUrl'];

type ReplaceAll = (json: unknown, replace: Replace) => unknown;

const inRepository: ReplaceAll = (json, replace) => withPerson(json, 'authorData', replace);

const inCommits: ReplaceAll = (json, replace) =>
  (json as readonly unknown[]).map((commit) => eachIn(commit, 'authors', (author) => replaced(author, replace)));

const IN_REPLY: Readonly<Partial<Record<OperationKind, ReplaceAll>>> = {
  info: inRepository,
  revision: inRepository,
  commits: inCommits,
  discussions: inDiscussions,
};

/** Replaces the accounts that a source's reply names: authors of discussions and commits, and owners of repositories. */
export const replacePeople = (kind: OperationKind, json: unknown, replace: Replace): unknown =>
  IN_REPLY[kind]?.(json, replace) ?? json;

/** The name of an account in such a reply; `undefined` if it is not the name of an account, as that of an author who has none. */
export function nameOfPerson(person: Fields): string | undefined {
  const name = person['user'] ?? person['name'];
  return typeof name === 'string' && isAccountName(name) ? name : undefined;
}

/** Makes relative URLs of avatars absolute. Otherwise, they would refer to this hub (contract G.1). */
export function withAbsoluteAvatars(person: Fields, base: string): Fields {
  const relative = AVATAR_FIELDS.filter((name) => /^\/(?!\/)/.test(String(person[name])));
  return { ...person, ...Object.fromEntries(relative.map((name) => [name, `${base}${String(person[name])}`])) };
}

/** A page of discussions, or one discussion with its events. */
function inDiscussions(json: unknown, replace: Replace): unknown {
  const withAuthor = (value: unknown): unknown => withPerson(value, 'author', replace);
  return eachIn(
    eachIn(withPerson(withAuthor(json), 'repoOwner', replace), 'discussions', withAuthor),
    'events',
    withAuthor,
  );
}

/** The object, with each element of one of its lists replaced. */
function eachIn(value: unknown, name: string, replace: (element: unknown) => unknown): unknown {
  const list = fieldsOf(value)[name];
  return Array.isArray(list) ? { ...fieldsOf(value), [name]: list.map(replace) } : value;
}

function withPerson(value: unknown, name: string, replace: Replace): unknown {
  const fields = fieldsOf(value);
  return isObject(fields[name]) ? { ...fields, [name]: replaced(fields[name], replace) } : value;
}

const replaced = (person: unknown, replace: Replace): unknown =>
  isObject(person) ? replace(fieldsOf(person)) : person;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
