import { json } from './fake-replies.js';
import type { Responder } from './fake-upstream.js';

/** A user of a fake hub. Omitted fields have defaults. */
export interface FakeUser {
  readonly followers?: readonly string[];
  readonly likes?: readonly string[];
  readonly [overview: string]: unknown;
}

/** An organization of a fake hub. */
export interface FakeOrganization {
  readonly members: readonly string[];
  readonly [overview: string]: unknown;
}

export interface FakeProfiles {
  readonly users?: Readonly<Record<string, FakeUser>>;
  readonly organizations?: Readonly<Record<string, FakeOrganization>>;
  /** Accounts per page. */
  readonly pageSize?: number;
}

const KEY = '65f0c0ffee0c0ffee0c0ffee';

const userOverview = (name: string, { followers = [], likes = [], ...more }: FakeUser) => ({
  _id: KEY,
  user: name,
  fullname: name,
  type: 'user',
  isPro: false,
  avatarUrl: `/avatars/${name}.svg`,
  createdAt: '2019-11-23T17:38:25.000Z',
  orgs: [],
  numFollowers: followers.length,
  numLikes: likes.length,
  ...more,
});

const organizationOverview = (name: string, { members, ...more }: FakeOrganization) => ({
  _id: KEY,
  name,
  fullname: name,
  avatarUrl: `/avatars/${name}.svg`,
  isVerified: false,
  plan: 'team',
  numUsers: members.length,
  ...more,
});

const person = (name: string) => ({
  _id: KEY,
  user: name,
  fullname: `${name} in full`,
  avatarUrl: `/avatars/${name}.svg`,
  isPro: false,
  type: 'user',
  isFollowing: true,
});

const like = (name: string) => ({ createdAt: '2024-01-01T00:00:00.000Z', repo: { name, type: 'model' } });

/** The content of `overview`, `members` and so on of an account; `undefined` if it does not exist. */
function contentOf(people: FakeProfiles, kind: string, name: string, what: string): unknown {
  const user = kind === 'users' ? people.users?.[name] : undefined;
  const organization = kind === 'organizations' ? people.organizations?.[name] : undefined;
  if (what === 'overview')
    return user ? userOverview(name, user) : organization && organizationOverview(name, organization);
  if (what === 'likes') return user && (user.likes ?? []).map(like);
  if (what === 'members') return organization?.members.map(person);
  return user && (what === 'followers' ? (user.followers ?? []) : []).map(person);
}

/** Whether the path is that of one of these profiles, even with the wrong account type. */
export function isProfilePath(people: FakeProfiles, path: string): boolean {
  const name = /^\/api\/(?:users|organizations)\/([^/?]+)\//.exec(path)?.[1]?.toLowerCase();
  return Object.keys({ ...people.users, ...people.organizations }).some((key) => key.toLowerCase() === name);
}

/**
 * Profiles of huggingface.co: overviews, and lists in pages with an absolute `Link`. Names of users in another case return
 * 307, unknown names 404.
 */
export const profilesResponder =
  (people: FakeProfiles): Responder =>
  (response, request) => {
    const url = new URL(request.url, `http://${request.headers.host}`);
    const path = /^\/api\/(users|organizations)\/([^/]+)\/(overview|members|followers|following|likes)$/.exec(
      url.pathname,
    );
    const [, kind = '', requested = '', what = ''] = path ?? [];
    const known = Object.keys((kind === 'users' ? people.users : people.organizations) ?? {});
    const name = known.find((key) => key.toLowerCase() === decodeURIComponent(requested).toLowerCase());
    if (name !== undefined && kind === 'users' && name !== requested)
      return json(307, {}, { location: `/api/users/${name}/${what}` })(response, request);
    const answer = name === undefined ? undefined : contentOf(people, kind, name, what);
    if (answer === undefined) return json(404, { error: 'This user does not exist' })(response, request);
    if (!Array.isArray(answer)) return json(200, answer)(response, request);
    const [start, size] = [Number(url.searchParams.get('cursor') ?? 0), people.pageSize ?? 500];
    url.searchParams.set('cursor', String(start + size));
    const link = start + size < answer.length ? { link: `<${url.href}>; rel="next"` } : {};
    return json(200, answer.slice(start, start + size), link)(response, request);
  };
