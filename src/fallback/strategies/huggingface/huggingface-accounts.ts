import type { AccountKind, SourceAccount } from '../../../domain/account.js';
import type { AccountOperation, ProfileOperation } from '../../../domain/hub-operation.js';
import type { UpstreamRequest } from '../../../domain/upstream.js';
import { spelledBy } from '../../../domain/account-name.js';
import { countOf, fieldsOf, momentOf, textOf, type Fields } from '../../../domain/read-fields.js';
import { accountSegments, planAccount } from '../account-requests.js';

/** Overviews for both kinds, lists under their names (contract A.9). */
export const planHuggingFaceAccount = (operation: AccountOperation): UpstreamRequest =>
  operation.kind === 'accountList'
    ? planAccount([...accountSegments(operation), operation.list], operation.page)
    : planAccount([...accountSegments(operation), 'overview'], []);

const COUNTS = [
  ...['numModels', 'numDatasets', 'numSpaces', 'numPapers', 'numDiscussions', 'numUpvotes', 'numLikes'],
  ...['numFollowers', 'numFollowing', 'numUsers'],
];

/** An overview. huggingface.co tells nothing there of a website and the like. */
export function decodeOverview({ kind: asked, name }: ProfileOperation, json: unknown): SourceAccount {
  const given = fieldsOf(json);
  const { user, fullname, type, avatarUrl, createdAt, isPro, details, numUsers } = given;
  const spelled = spelledBy(name, user ?? given['name']);
  const isUser = asked === 'userProfile' && type !== 'org' && type !== 'organization';
  const kind: AccountKind = isUser ? 'user' : 'organization';
  return {
    ...{ kind, name: spelled, fullName: textOf(fullname, 200) ?? textOf(given['name'], 200) ?? spelled },
    ...{ bio: textOf(details, 2000), website: null, socialMedia: null, createdAt: momentOf(createdAt) },
    ...{ isPro: isPro === true, avatar: textOf(avatarUrl, 2000), members: countOf(numUsers) ?? null },
    ...{ isPartial: true, facts: factsOf(given) },
  };
}

function factsOf(given: Fields): Fields {
  const counts = COUNTS.flatMap((name) => (countOf(given[name]) === undefined ? [] : [[name, given[name]]]));
  const { orgs, isVerified, plan } = given;
  return {
    _id: textOf(given['_id'], 64) ?? '',
    ...(typeof isVerified === 'boolean' && { isVerified }),
    ...(textOf(plan, 50) !== null && { plan }),
    ...(Array.isArray(orgs) && { orgs: orgs.slice(0, 1000).map(fieldsOf).flatMap(organizationOf) }),
    ...(Object.fromEntries(counts) as Fields),
  };
}

function organizationOf({ id, name, fullname }: Fields): Fields[] {
  const named = textOf(name, 96);
  return named === null ? [] : [{ id: textOf(id, 64) ?? '', name: named, fullname: textOf(fullname, 200) ?? named }];
}
