import type { AccountList, UserSummary } from '../../domain/account.js';
import { isAccountName } from '../../domain/account-name.js';
import { fieldsOf, dateTextOf, textOf, type Fields } from '../../domain/read-fields.js';
import { REPO_TYPES } from '../../domain/repo-id.js';

/** A list of an account's members, followers or likes; malformed entries are left out. */
export const accountListEntries = (list: AccountList, json: unknown): unknown[] =>
  list === 'likes' ? entriesOf(json).flatMap(likeOf) : userList(json);

/** Users in the hub's format, with all other fields of the source except email addresses; malformed entries are left out. */
export const userList = (json: unknown): UserSummary[] => entriesOf(json).flatMap(userOf);

/** KohakuHub wraps members and likers in an object. */
function entriesOf(json: unknown): Fields[] {
  const { members, likers } = fieldsOf(json);
  return ((Array.isArray(json) ? json : (members ?? likers)) as unknown[]).map(fieldsOf);
}

function userOf(entry: Fields): UserSummary[] {
  const { username, full_name, email: _email, ...others } = entry;
  const user = textOf(entry['user'] ?? username, 96);
  if (user === null || !isAccountName(user)) return [];
  return [
    {
      ...others,
      _id: textOf(entry['_id'], 64) ?? '',
      user,
      fullname: textOf(entry['fullname'] ?? full_name, 200) ?? user,
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
