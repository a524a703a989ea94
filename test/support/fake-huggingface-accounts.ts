import type { FakeAccount, FakeHuggingFace } from './fake-huggingface.js';
import { repoMissing } from './fake-huggingface-errors.js';
import { bytes, json } from './fake-replies.js';
import type { FakeRepo } from './fake-repo.js';
import type { Responder, RecordedRequest } from './fake-upstream.js';

const ACCOUNT_KEY = '65f0c0ffee0c0ffee0c0ffee';

const whoami = (account: FakeAccount): Responder =>
  json(200, {
    type: 'user',
    id: ACCOUNT_KEY,
    name: account.name,
    fullname: account.name,
    email: `${account.name}@example.org`,
    emailVerified: true,
    canPay: false,
    periodEnd: null,
    isPro: false,
    avatarUrl: `/avatars/${account.name}.svg`,
    orgs: [],
    auth: {
      type: 'access_token',
      accessToken: { displayName: 'test', role: 'read', createdAt: '2026-01-01T00:00:00.000Z' },
    },
  });

const overview = (name: string): Responder =>
  json(200, {
    _id: ACCOUNT_KEY,
    user: name,
    fullname: name,
    type: 'user',
    isPro: false,
    avatarUrl: `/avatars/${name}.svg`,
    createdAt: '2019-11-23T17:38:25.000Z',
    orgs: [],
  });

/** A generated avatar, as huggingface.co has for accounts without an image. */
const GENERATED_AVATAR =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#f80"/></svg>';

/** `whoami-v2`, `users/{u}/overview`, avatars, and what Python clients request at startup; `undefined` for other paths. */
export const accountResponder = (
  hub: FakeHuggingFace,
  request: RecordedRequest,
  account: FakeAccount | undefined,
): Responder | undefined => {
  const path = request.url.split('?')[0] ?? '';
  if (path === '/api/agent-harnesses') return json(200, { standardEnvVars: [], harnesses: {} });
  if (path === '/api/whoami-v2') return account ? whoami(account) : repoMissing(undefined);
  if (path.startsWith('/avatars/')) return bytes(200, GENERATED_AVATAR, { 'content-type': 'image/svg+xml' });
  const name = /^\/api\/users\/([^/]+)\/overview$/.exec(path)?.[1];
  if (!name) return undefined;
  const known = [
    ...hub.repos.map(({ id }) => id.split('/')[0]),
    ...(hub.options.accounts ?? []).map((account) => account.name),
  ];
  return known.includes(name) ? overview(name) : json(404, { error: 'This user does not exist' });
};

const listEntry = ({ id, main, spec, type }: FakeRepo): Record<string, unknown> => ({
  _id: main.id.slice(0, 24),
  id,
  ...(type === 'model' ? { modelId: id } : {}),
  likes: 56,
  trendingScore: 1,
  private: spec.private ?? false,
  downloads: 1234,
  tags: ['region:us'],
  createdAt: '2022-03-02T23:29:04.000Z',
});

/** `/api/models`, `/api/datasets`, `/api/spaces` by author, search and limit; `undefined` for other paths. */
export const repoListResponder = (
  hub: FakeHuggingFace,
  request: RecordedRequest,
  account: FakeAccount | undefined,
): Responder | undefined => {
  const { pathname, searchParams } = new URL(request.url, hub.url);
  const type = /^\/api\/(model|dataset|space)s$/.exec(pathname)?.[1];
  if (!type) return undefined;
  const author = searchParams.get('author')?.toLowerCase();
  const search = searchParams.get('search')?.toLowerCase() ?? '';
  const listed = hub.repos
    .filter((repo) => repo.type === type && (!repo.spec.private || account?.reads?.includes(repo.id)))
    .filter(({ id }) => !author || id.toLowerCase().startsWith(`${author}/`))
    .filter(({ id }) => id.toLowerCase().includes(search));
  return json(200, listed.slice(0, Number(searchParams.get('limit') ?? 1000)).map(listEntry));
};
