import type { AccountList, ListedUser } from '../../domain/account.js';
import { REPO_TYPES } from '../../domain/repo-id.js';
import { isAccountName } from '../../domain/account-name.js';
import { fieldsOf, momentOf, textOf, type Fields } from '../../domain/read-fields.js';

/** A list of an account's people or likes, of which only what is in order counts. KohakuHub wraps its members up. */
export function decodePeople(list: AccountList, json: unknown): unknown[] {
  const entries = (Array.isArray(json) ? json : fieldsOf(json)['members']) as unknown[];
  return entries.map(fieldsOf).flatMap<unknown>(list === 'likes' ? likeOf : userOf);
}

function userOf(entry: Fields): ListedUser[] {
  const user = textOf(entry['user'], 96);
  if (user === null || !isAccountName(user)) return [];
  return [
    {
      ...{ _id: textOf(entry['_id'], 64) ?? '', user, fullname: textOf(entry['fullname'], 200) ?? user },
      ...{ avatarUrl: '', isPro: entry['isPro'] === true, type: 'user', isFollowing: false },
    },
  ];
}

function likeOf({ createdAt, repo }: Fields): unknown[] {
  const { name, type } = fieldsOf(repo);
  const known = REPO_TYPES.find((one) => one === type);
  return known && textOf(name, 200) !== null
    ? [{ createdAt: momentOf(createdAt), repo: { name: textOf(name, 200), type: known } }]
    : [];
}
