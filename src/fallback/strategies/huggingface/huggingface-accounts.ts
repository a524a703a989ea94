import type { AccountKind, SourceAccount } from '../../../domain/account.js';
import { sourceSpelling } from '../../../domain/account-name.js';
import type { ProfileOperation } from '../../../domain/operation.js';
import { countOf, fieldsOf, dateTextOf, textOf, type Fields } from '../../../domain/read-fields.js';

const COUNTS = [
  'numModels',
  'numDatasets',
  'numSpaces',
  'numPapers',
  'numDiscussions',
  'numUpvotes',
  'numLikes',
  'numFollowers',
  'numFollowing',
  'numUsers',
];

/** The account of an overview. huggingface.co includes no website or social profiles in it. */
export function accountOfOverview(
  { kind: requested, name: requestedName }: ProfileOperation,
  json: unknown,
): SourceAccount {
  const fields = fieldsOf(json);
  const { user, fullname, type, avatarUrl, createdAt, isPro, details, numUsers } = fields;
  const name = sourceSpelling(requestedName, user ?? fields['name']);
  const isUser = requested === 'userProfile' && type !== 'org' && type !== 'organization';
  const kind: AccountKind = isUser ? 'user' : 'organization';
  return {
    kind,
    name,
    fullName: textOf(fullname, 200) ?? textOf(fields['name'], 200) ?? name,
    bio: textOf(details, 2000),
    website: null,
    socialMedia: null,
    createdAt: dateTextOf(createdAt),
    isPro: isPro === true,
    avatar: textOf(avatarUrl, 2000),
    members: countOf(numUsers) ?? null,
    isPartial: true,
    facts: overviewFields(fields),
  };
}

function overviewFields(fields: Fields): Fields {
  const counts = COUNTS.flatMap((name) => (countOf(fields[name]) === undefined ? [] : [[name, fields[name]]]));
  const { orgs, isVerified, plan } = fields;
  return {
    ...(textOf(fields['_id'], 64) !== null && { _id: fields['_id'] }),
    ...(typeof isVerified === 'boolean' && { isVerified }),
    ...(textOf(plan, 50) !== null && { plan }),
    ...(Array.isArray(orgs) && { orgs: orgs.slice(0, 1000).map(fieldsOf).flatMap(organizationOf) }),
    ...(Object.fromEntries(counts) as Fields),
  };
}

function organizationOf({ id, name: given, fullname }: Fields): Fields[] {
  const name = textOf(given, 96);
  return name === null ? [] : [{ id: textOf(id, 64) ?? '', name, fullname: textOf(fullname, 200) ?? name }];
}
