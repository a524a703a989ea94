import type { AccountList, UserSummary } from '../../domain/account.js';
import { isAccountName } from '../../domain/account-name.js';
import { fieldsOf, dateTextOf, textOf, type Fields } from '../../domain/read-fields.js';
import { REPO_TYPES } from '../../domain/repo-id.js';

/** A list of an account's members, followers or likes; malformed entries are left out. KohakuHub wraps members in an object. */
export function accountListEntries(list: AccountList, json: unknown): unknown[] {
  const entries = (Array.isArray(json) ? json : fieldsOf(json)['members']) as unknown[];
  return entries.map(fieldsOf).flatMap<unknown>(list === 'likes' ? likeOf : userOf);
}

function userOf(entry: Fields): UserSummary[] {
  const user = textOf(entry['user'], 96);
  if (user === null || !isAccountName(user)) return [];
  return [
    {
      _id: textOf(entry['_id'], 64) ?? '',
      user,
      fullname: textOf(entry['fullname'], 200) ?? user,
      avatarUrl: '',
      isPro: entry['isPro'] === true,
      type: 'user',
      isFollowing: false,
    },
  ];
}

function likeOf({ createdAt, repo }: Fields): unknown[] {
  const fields = fieldsOf(repo);
  const type = REPO_TYPES.find((known) => known === fields['type']);
  const name = textOf(fields['name'], 200);
  return type && name !== null ? [{ createdAt: dateTextOf(createdAt), repo: { name, type } }] : [];
}
