import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { bytes, json } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import type { HubWithSources } from '../support/hub-with-sources.js';

const SHA = 'a'.repeat(40);
const SHA256 = 'b'.repeat(64);
const XET_HASH = 'c'.repeat(64);
const DATE = '2024-05-01T10:00:00.000Z';
const LINK = (path: string) => ({ link: `<${path}?cursor=next>; rel="next"`, 'x-total-count': '7' });

const user = { _id: '1', user: 'fay', fullname: 'Fay', avatarUrl: '/avatars/fay.svg', isPro: true, type: 'user' };
/** A user in a list. */
const listed = { ...user, isHf: true, isHfAdmin: true, isMod: true, isFollowing: true, followerCount: 12 };
const author = { name: 'fay', avatarUrl: '/avatars/fay.svg', type: 'user', fullname: 'Fay' };
const lfs = { oid: SHA256, size: 9, pointerSize: 130 };
const lastCommit = { id: SHA, title: 'Add', date: DATE };
const scan = { status: 'safe', avScan: { virusFound: true }, pickleImportScan: { highestSafetyLevel: 'innocuous' } };
const file = {
  type: 'file',
  path: 'model.bin',
  size: 9,
  oid: SHA,
  lfs,
  xetHash: XET_HASH,
  lastCommit,
  securityFileStatus: scan,
};
const sibling = {
  rfilename: 'model.bin',
  size: 9,
  blobId: SHA,
  lfs: { sha256: SHA256, size: 9, pointerSize: 130 },
  xetHash: XET_HASH,
};
const refs = [{ name: 'main', ref: 'refs/heads/main', targetCommit: SHA }];
const discussion = {
  num: 7,
  title: 'Wrong labels',
  status: 'open',
  createdAt: DATE,
  isPullRequest: true,
  numComments: 3,
  repo: { name: 'full/all', type: 'model' },
  author,
};
const event = {
  id: 'e',
  type: 'comment',
  createdAt: DATE,
  author,
  data: { edited: true, hidden: true, latest: { raw: 'x' } },
};

/** All fields of `expand`, with values that are not empty, zero or false. */
const info = {
  _id: '1',
  id: 'full/all',
  modelId: 'full/all',
  author: 'full',
  authorData: author,
  sha: SHA,
  lastModified: DATE,
  createdAt: DATE,
  gated: 'manual',
  likes: 5,
  downloads: 6,
  downloadsAllTime: 60,
  trendingScore: 2.5,
  usedStorage: 900,
  xetEnabled: true,
  tags: ['license:mit'],
  siblings: [sibling],
  cardData: { license: 'mit' },
  resourceGroup: { id: '1', name: 'group' },
  library_name: 'transformers',
  pipeline_tag: 'text-generation',
  mask_token: '[MASK]',
  inference: 'warm',
  inferenceProviderMapping: [{ provider: 'p', providerId: 'x', status: 'live', task: 'text-generation' }],
  config: { model_type: 'gpt2' },
  transformersInfo: { auto_model: 'AutoModel', processor: 'AutoTokenizer' },
  safetensors: { parameters: { F32: 10 }, total: 10 },
  gguf: { total: 10, architecture: 'llama', context_length: 4096 },
  'model-index': [{ name: 'all' }],
  widgetData: [{ text: 'x' }],
  evalResults: [{ dataset: { id: 'd', task_id: 't' }, value: 1 }],
  spaces: ['full/space'],
  models: ['full/all'],
  datasets: ['full/data'],
  baseModels: { relation: 'quantized', models: [{ _id: '1', id: 'a/b' }] },
  childrenModelCount: { adapter: 1 },
  citation: '@misc{x}',
  description: 'text',
  paperswithcode_id: 'squad',
  mainSize: 7,
  sdk: 'gradio',
  subdomain: 'full-all',
  region: 'us',
  runtime: { stage: 'RUNNING', hardware: { current: 'cpu-basic' } },
  securityRepoStatus: { scansDone: true },
};
const COUNTS = { numModels: 1, numDatasets: 2, numSpaces: 3, numPapers: 4, numFollowers: 8 };
const overview = {
  ...user,
  ...COUNTS,
  details: 'A bio',
  createdAt: DATE,
  numDiscussions: 5,
  numUpvotes: 6,
  numLikes: 7,
  numFollowing: 9,
  orgs: [{ id: '1', name: 'lab', fullname: 'Lab' }],
};
const organization = {
  ...COUNTS,
  _id: '2',
  name: 'full',
  fullname: 'Full',
  avatarUrl: '/avatars/full.svg',
  details: 'A text',
  isVerified: true,
  plan: 'team',
  numUsers: 10,
};
const REPOS = ['/api/models/full/all', '/api/datasets/full/all', '/api/spaces/full/all'];

const repliesOf = (repo: string): Readonly<Record<string, unknown>> => ({
  [repo]: info,
  [`${repo}/revision/main`]: info,
  [`${repo}/tree/main`]: [file, { type: 'directory', path: 'sub', oid: SHA, lastCommit }],
  [`${repo}/treesize/main`]: { path: 'sub', size: 99 },
  [`${repo}/refs`]: { branches: refs, tags: refs, converts: refs, pullRequests: refs },
  [`${repo}/commits/main`]: [
    {
      id: SHA,
      title: 'Add',
      message: 'More',
      date: DATE,
      authors: [{ user: 'fay', avatar: '/a.svg' }],
      formatted: { title: 'Add' },
    },
  ],
  [`${repo}/discussions`]: { discussions: [discussion], count: 12, start: 1, numClosedDiscussions: 3 },
  [`${repo}/discussions/7`]: {
    ...discussion,
    events: [event],
    repoOwner: author,
    changes: { base: 'refs/heads/main' },
  },
  [`${repo}/likers`]: [listed],
});

/** The replies of the source, by path. */
const REPLIES: Readonly<Record<string, unknown>> = {
  '/api/models': [info],
  '/api/datasets': [info],
  '/api/spaces': [info],
  '/api/models-tags-by-type': { library: [{ id: 'pytorch', label: 'PyTorch', type: 'library', clickable: true }] },
  '/api/datasets-tags-by-type': { license: [{ id: 'license:mit', label: 'MIT', type: 'license' }] },
  ...Object.assign({}, ...REPOS.map(repliesOf)),
  '/api/users/fay/overview': overview,
  '/api/organizations/full/overview': organization,
  '/api/organizations/full/members': [listed],
  '/api/organizations/full/followers': [listed],
  '/api/users/fay/followers': [listed],
  '/api/users/fay/following': [listed],
  '/api/users/fay/likes': [{ createdAt: DATE, repo: { name: 'a/b', type: 'model' } }],
};

/** A hub that has `full/all`, and users, with all fields that clients know. */
export const fullSource: Responder = (response, request) => {
  const [path = ''] = request.url.split('?');
  const missing = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
  if (/^\/full\/all\/(resolve|raw)\//.test(path))
    return bytes(200, 'content', { 'x-repo-commit': SHA, etag: `"${SHA}"` })(response, request);
  if (/\/down(?:\/|$)/.test(path)) return json(500, { error: 'Internal error' })(response, request);
  const reply = REPLIES[path];
  return (reply === undefined ? missing : json(200, reply, LINK(path)))(response, request);
};

type Requests = readonly [url: string, reply?: string][];

const ofRepos = (requests: (repo: string) => Requests): Requests => REPOS.flatMap((repo) => [...requests(repo)]);

/** Requests of clients, by operation of openapi.json, and the path of the reply whose fields they must have. */
const REQUESTS: Readonly<Record<string, Requests>> = {
  '/api/models': [['/api/models?author=full&full=true&cardData=true', '/api/models']],
  '/api/datasets': [['/api/datasets?author=full&full=true', '/api/datasets']],
  '/api/spaces': [['/api/spaces?author=full&full=true', '/api/spaces']],
  '/api/models-tags-by-type': [['/api/models-tags-by-type']],
  '/api/datasets-tags-by-type': [['/api/datasets-tags-by-type']],
  '/api/{types}/{namespace}/{name}': ofRepos((repo) => [[repo], [`${repo}?blobs=true&securityStatus=true`, repo]]),
  '/api/{types}/{namespace}/{name}/revision/{revision}': ofRepos((repo) => [[`${repo}/revision/main`]]),
  '/api/{types}/{namespace}/{name}/tree/{revision}/{path}': ofRepos((repo) => [
    [`${repo}/tree/main?expand=true`, `${repo}/tree/main`],
  ]),
  '/api/{types}/{namespace}/{name}/treesize/{revision}/{path}': ofRepos((repo) => [[`${repo}/treesize/main`]]),
  '/api/{types}/{namespace}/{name}/refs': ofRepos((repo) => [[`${repo}/refs?include_prs=true`, `${repo}/refs`]]),
  '/api/{types}/{namespace}/{name}/commits/{revision}': ofRepos((repo) => [
    [`${repo}/commits/main?expand[]=formatted`, `${repo}/commits/main`],
  ]),
  '/api/{types}/{namespace}/{name}/discussions': ofRepos((repo) => [
    [`${repo}/discussions`],
    [`${repo}/discussions/7`],
  ]),
  '/api/{types}/{namespace}/{name}/likers': ofRepos((repo) => [[`${repo}/likers`]]),
  '/api/users/{name}/overview': [['/api/users/fay/overview']],
  '/api/organizations/{name}/overview': [['/api/organizations/full/overview']],
  '/api/organizations/{name}/members': [['/api/organizations/full/members']],
  '/api/organizations/{name}/followers': [['/api/organizations/full/followers']],
  '/api/users/{name}/followers': [['/api/users/fay/followers']],
  '/api/users/{name}/following': [['/api/users/fay/following']],
  '/api/users/{name}/likes': [['/api/users/fay/likes']],
};

/** The values of `expand` in huggingface_hub 2.0 (`ExpandModelProperty_T` and others), except for values that are false. */
const COMMON = 'author cardData createdAt lastModified likes resourceGroup sha siblings tags trendingScore usedStorage';
const DOWNLOADED = 'downloads downloadsAllTime gated';
const EXPANDABLE: Readonly<Record<string, string>> = {
  models: `${COMMON} ${DOWNLOADED} baseModels childrenModelCount config evalResults gguf inference inferenceProviderMapping library_name mask_token model-index pipeline_tag safetensors spaces transformersInfo widgetData`,
  datasets: `${COMMON} ${DOWNLOADED} citation description mainSize paperswithcode_id`,
  spaces: `${COMMON} datasets models region runtime sdk subdomain`,
};

/** Operations without JSON of a source, or with another format, which have separate tests. */
const OTHERS =
  /^\/(?:admin|health|metrics|lfs|org|v2|api\/invitations)(?:\/|$)|\/(?:resolve|raw|compare)\/|^\/api\/(?:auth|settings|quota|version|site-config|agent-harnesses|whoami-v2|avatars|quicksearch|search|\w+-facets)|\/(?:settings|usage|audit-log|audit-log\/export|avatar|profile|type|repos|like|auth-check|lfs-files|write|user-access-request|user-access-report|trusted-publishers|service-accounts|invitations|settings\/repositories)(?:\/\{status\})?$|xet-\w+-token/;

/**
 * Fields that depend on this hub: the relation of its account at the source to a user, and what is offered over Xet (ADR 52).
 */
const OWN_FIELDS = new Set(['isFollowing', 'xetHash', 'xetEnabled']);

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0);

/** URLs of images are those of this hub. */
const isChanged = (sent: unknown, got: unknown): boolean =>
  typeof sent === 'string' && sent.endsWith('.svg') ? isEmpty(got) : sent !== got;

/** The paths of values that the source sends and the reply does not have. */
function losses(sent: unknown, got: unknown, at = ''): string[] {
  if (typeof sent !== 'object' || sent === null) return isChanged(sent, got) ? [at] : [];
  if (isEmpty(got)) return [at];
  return Object.entries(sent)
    .filter(([name]) => !OWN_FIELDS.has(name))
    .flatMap(([name, value]) => losses(value, (got as Record<string, unknown>)[name], `${at}.${name}`));
}

/** Replies of a source that has everything have no empty and no default values. */
export const describeFullSource = (shared: () => HubWithSources): void => {
  let hub: HubWithSources;
  beforeEach(() => {
    hub = shared();
  });

  const { paths } = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as {
    paths: Record<string, { get?: object }>;
  };
  const reads = Object.entries(paths).flatMap(([path, { get }]) => (get && !OTHERS.test(path) ? [path] : []));

  describe('replies of a source whose fields all have values', () => {
    it('are compared for every read', () => {
      expect(reads.filter((path) => !(path in REQUESTS))).toEqual([]);
    });

    it.each(Object.values(REQUESTS).flat())('%s has them all', async (url, reply = url) => {
      const { status, json: parsed, headers } = await hub.sendRequest(url);
      expect(status).toBe(200);
      expect(losses(REPLIES[reply], parsed())).toEqual([]);
      if (Array.isArray(REPLIES[reply]) && !/^\/api\/\w+$/.test(reply))
        expect(headers['link']).toContain('cursor=next');
    });

    it.each(Object.entries(EXPANDABLE))('have each field of expand: %s', async (types, names) => {
      for (const name of names.split(' '))
        for (const path of [`/api/${types}/full/all`, `/api/${types}/full/all/revision/main`, `/api/${types}`]) {
          const { status, json: parsed } = await hub.sendRequest(`${path}?expand=${name}&author=full`);
          expect([path, name, status]).toEqual([path, name, 200]);
          const [repo] = [parsed()].flat();
          expect([path, ...losses({ [name]: info[name as keyof typeof info] }, repo)]).toEqual([path]);
        }
    });
  });

  describe('a source that fails', () => {
    it.each(
      [
        ...new Set(
          Object.values(REQUESTS)
            .flat()
            .map(([url]) => url),
        ),
      ].filter((url) => !/^\/api\/[\w-]+(?:\?|$)/.test(url)),
    )('is an error and not an empty reply of %s', async (url) => {
      const failing = url.replace('full/all', 'down/all').replace(/(users|organizations)\/\w+/, '$1/down');
      const { status } = await hub.sendRequest(failing);
      expect(status).toBeGreaterThanOrEqual(500);
    });
  });
};
