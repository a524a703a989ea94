import type { AnyOperation } from '../../src/domain/operation.js';
import type { RepoId } from '../../src/domain/repo-id.js';
import { parseListParameters } from '../../src/lists/list-parameters.js';
import { EnvelopeStrategy } from '../support/envelope-strategy.js';
import { testStrategy, type Golden } from '../support/test-strategy.js';

const repo: RepoId = { type: 'model', namespace: 'ns', name: 'name' };
const file = {
  kind: 'resolve',
  raw: false,
  method: 'HEAD',
  repo,
  revision: 'main',
  path: ['sub', 'a b.txt'],
  query: [],
  conditions: {},
} as const;
const query = parseListParameters('model', [['author', 'ns']]);
const API = '/api/v1/models/ns/name';
const files = (folder: string, recursive: boolean): string =>
  `GET ${API}/repo/files?Revision=main&Root=${folder}&Recursive=${recursive}`;
const COMMIT = 'c'.repeat(40);
const listing = (...Files: object[]) => ({ json: { Code: 200, Data: { CommitId: COMMIT, Files } } });
const entry = { Path: 'sub/a b.txt', Type: 'blob', Size: 5, Id: 'abc' };
const info: AnyOperation = { kind: 'info', repo, query: [] };
const tree: AnyOperation = { kind: 'tree', repo, rest: ['main'], query: [] };
const list = { kind: 'list', query, page: [] } as const;

const golden: Golden = {
  requests: [
    [file, `HEAD ${API}/repo?Revision=main&FilePath=sub%2Fa%20b.txt`, files('sub', false)],
    [info, `GET ${API}`, files('', true)],
    [{ kind: 'revision', repo, rest: ['main'], query: [] }, `GET ${API}`, files('', true)],
    [tree, files('', false)],
    [{ kind: 'pathsInfo', repo, rest: ['main'], query: [], paths: ['a'], expand: false }, files('', true)],
    [{ kind: 'refs', repo, query: [] }, `GET ${API}/revisions`],
    [{ kind: 'discussions', repo, query: [] }, `GET ${API}/discussions`],
    [{ kind: 'compare', repo, rest: ['a..b'], query: [] }, `GET ${API}/compare?Range=a..b`],
    [{ kind: 'likers', repo, query: [] }, `GET ${API}/likers`],
    [{ kind: 'treesize', repo, rest: ['main', 'a'], query: [] }, `GET ${API}/size?Revision=main&Path=a`],
    [{ kind: 'commits', repo, rest: ['main'], query: [] }, `GET ${API}/commits?Revision=main`],
    [{ kind: 'tags', type: 'dataset' }, 'GET /api/v1/datasets/tags'],
    [list, 'GET /api/v1/models?Owner=ns'],
    [{ kind: 'userRepos', query, page: [] }, 'GET /api/v1/models?Owner=ns'],
    [{ kind: 'userProfile', name: 'ann' }, 'GET /api/v1/users/ann'],
    [{ kind: 'organizationProfile', name: 'org' }, 'GET /api/v1/organizations/org'],
    [
      { kind: 'accountList', owner: 'organization', name: 'org', list: 'members', page: [] },
      'GET /api/v1/accounts/org/members',
    ],
  ],
  replies: [
    {
      operation: file,
      replies: [{}, listing(entry)],
      json: undefined,
      headers: { 'x-repo-commit': COMMIT, etag: '"abc"', 'x-linked-size': '5' },
    },
    {
      operation: tree,
      replies: [listing(entry)],
      json: [{ type: 'file', oid: 'abc', size: 5, path: 'sub/a b.txt' }],
      headers: { 'x-repo-commit': COMMIT },
    },
    {
      operation: list,
      replies: [{ json: { Code: 200, Data: { Items: [{ Id: 'ns/name' }] } } }],
      json: { entries: [{ id: 'ns/name' }], linked: true },
    },
  ],
  classifications: [
    [
      info,
      [
        { status: 200, json: { Code: 404 } },
        { status: 200, json: { Code: 404 } },
      ],
      { category: 'not-found' },
    ],
    [file, [{ status: 200 }, { status: 200, ...listing() }], { verdict: 'propagate', errorCode: 'EntryNotFound' }],
    [tree, [{ status: 200, json: [] }], { verdict: 'next', category: 'other' }],
    [tree, [{ status: 500 }], { verdict: 'next', category: 'server' }],
  ],
  gitPaths: [[repo, '/api/v1/models/ns/name/repo.git']],
  rateLimitBuckets: [undefined],
};

testStrategy(new EnvelopeStrategy(), golden);
