import type { TagsByType } from '../../src/domain/repo-tags.js';
import type { SourceAccount } from '../../src/domain/account.js';
import type { Classification } from '../../src/domain/attempt.js';
import { classifyReply } from '../../src/domain/classify-reply.js';
import type { ListQuery } from '../../src/domain/list.js';
import type { AnyOperation, FileOperation } from '../../src/domain/operation.js';
import type { QueryPairs } from '../../src/domain/query.js';
import { countOf, fieldsOf, textOf, type Fields } from '../../src/domain/read-fields.js';
import { repoFullName, type RepoId } from '../../src/domain/repo-id.js';
import type { Outcome, Reply, ReplyHeaders, UpstreamRequest } from '../../src/domain/upstream.js';
import type {
  DecodedReply,
  Decoders,
  Outcomes,
  Planners,
  Replies,
  SourceStrategy,
} from '../../src/fallback/strategies/source-strategy.js';

/** The `Data` of the envelope; `undefined` if its `Code` is an error. Errors also have HTTP status 200. */
const dataOf = (outcome: Outcome | undefined): Fields | undefined => {
  const envelope = fieldsOf(outcome?.kind === 'reply' ? outcome.json : undefined);
  return envelope['Code'] === 200 ? fieldsOf(envelope['Data']) : undefined;
};
const codeOf = (outcome: Outcome): unknown => (outcome.kind === 'reply' ? fieldsOf(outcome.json)['Code'] : undefined);

const api = ({ type, ...repo }: RepoId, ...rest: string[]): string[] => [
  'api',
  'v1',
  `${type}s`,
  ...repoFullName({ type, ...repo }).split('/'),
  ...rest,
];
const get = (segments: readonly string[], query: QueryPairs = []): UpstreamRequest => ({
  method: 'GET',
  segments,
  query,
  expects: 'json',
  follow: 'always',
});
const filesOf = (repo: RepoId, revision = 'main', folder = '', recursive = false): UpstreamRequest =>
  get(api(repo, 'repo', 'files'), [
    ['Revision', revision],
    ['Root', folder],
    ['Recursive', String(recursive)],
  ]);
const folderOf = ({ path }: FileOperation): string => path.slice(0, -1).join('/');

/** A file or folder of a listing in the hub's format. */
function treeEntry(file: Fields): Record<string, unknown> {
  const { Path: path, Type: type, Size: size, Id: oid, Sha256: sha256 } = file;
  const entry = { type: type === 'tree' ? 'directory' : 'file', oid, size: countOf(size) ?? 0, path };
  return textOf(sha256) ? { ...entry, lfs: { oid: sha256, size, pointerSize: 134 } } : entry;
}
const listingOf = (reply: Reply | undefined): { commit: string; files: Fields[] } => {
  const { CommitId, Files } = dataOf(reply) ?? {};
  return { commit: textOf(CommitId) ?? '', files: (Array.isArray(Files) ? Files : []).map(fieldsOf) };
};
const commitHeader = (reply: Reply): ReplyHeaders => ({ 'x-repo-commit': listingOf(reply).commit });
const entriesOf = (reply: Reply, isWanted: (path: unknown) => boolean = () => true): DecodedReply<unknown[]> => ({
  json: listingOf(reply)
    .files.filter(({ Path }) => isWanted(Path))
    .map(treeEntry),
  headers: commitHeader(reply),
});

/** File headers as huggingface.co sends them, from the listing of the folder. */
function fileHeaders({ path }: FileOperation, [reply, listing]: Replies): ReplyHeaders {
  const { commit, files } = listingOf(listing);
  const { Size, Id, Sha256 } = files.find(({ Path }) => Path === path.join('/')) ?? {};
  const sha256 = textOf(Sha256);
  return {
    ...reply.headers,
    'x-repo-commit': commit,
    etag: `"${sha256 ?? textOf(Id)}"`,
    'x-linked-size': String(Size),
    'accept-ranges': 'bytes',
    ...(sha256 && { 'x-linked-etag': `"${sha256}"` }),
  };
}

function repoInfo(repo: RepoId, [info, listing]: Replies): Record<string, unknown> {
  const { commit, files } = listingOf(listing);
  const siblings = files.filter(({ Type }) => Type !== 'tree').map(({ Path }) => ({ rfilename: Path }));
  const { UpdatedAt, Downloads, Tags } = dataOf(info) ?? {};
  return {
    id: repoFullName(repo),
    sha: commit,
    lastModified: UpdatedAt,
    downloads: Downloads,
    tags: Tags ?? [],
    private: false,
    gated: false,
    siblings,
  };
}

const planList = ({ query }: { readonly query: ListQuery }) =>
  [get(['api', 'v1', `${query.type}s`], query.author ? [['Owner', query.author]] : [])] as const;
const decodeList = (_: unknown, [reply]: Replies) => {
  const { Items } = dataOf(reply) ?? {};
  const entries = (Array.isArray(Items) ? Items : []).map(fieldsOf).map(({ Id }) => ({ id: String(Id) }));
  return { json: { entries, linked: true } };
};
const account = (kind: SourceAccount['kind'], reply: Reply): DecodedReply<SourceAccount> => {
  const { Name, FullName } = dataOf(reply) ?? {};
  return {
    json: {
      kind,
      name: textOf(Name) ?? '',
      fullName: textOf(FullName) ?? '',
      bio: null,
      website: null,
      socialMedia: null,
      createdAt: null,
      isPro: false,
      avatar: null,
      members: null,
      isPartial: true,
      facts: {},
    },
  };
};

/**
 * An API that differs much from huggingface.co's: JSON in an envelope `{Code, Data}`, errors with HTTP 200, the commit in a
 * listing's body, no `X-Repo-Commit`, and file paths in the query. It shows how a third strategy can be added.
 */
export class EnvelopeStrategy implements SourceStrategy {
  readonly type = 'envelope';
  readonly label = 'Envelope hub';
  readonly urlHint = 'Base URL of the hub, such as https://envelope.example.com';
  readonly connectionTest = {
    reach: { segments: ['api', 'v1', 'models'], query: [] },
    token: { segments: ['api', 'v1', 'me'], query: [] },
  };
  readonly organizationLookup = ['profile'] as const;
  readonly userReposReply = 'one-type';

  readonly planners: Planners = {
    resolve: (operation) => {
      const { repo, revision, path, method, conditions } = operation;
      const query: QueryPairs = [
        ['Revision', revision],
        ['FilePath', path.join('/')],
      ];
      const file: UpstreamRequest = {
        method,
        segments: api(repo, 'repo'),
        query,
        conditions,
        expects: 'stream',
        follow: 'always',
      };
      return [file, filesOf(repo, revision, folderOf(operation))];
    },
    info: ({ repo }) => [get(api(repo)), filesOf(repo, 'main', '', true)],
    revision: ({ repo, rest }) => [get(api(repo)), filesOf(repo, rest.join('/'), '', true)],
    tree: ({ repo, rest: [revision, ...folder], query }) => [
      filesOf(
        repo,
        revision,
        folder.join('/'),
        query.some(([name]) => name === 'recursive'),
      ),
    ],
    pathsInfo: ({ repo, rest }) => [filesOf(repo, rest.join('/'), '', true)],
    refs: ({ repo }) => [get(api(repo, 'revisions'))],
    treesize: ({ repo, rest }) => [
      get(api(repo, 'size'), [
        ['Revision', rest[0] ?? ''],
        ['Path', rest.slice(1).join('/')],
      ]),
    ],
    commits: ({ repo, rest }) => [get(api(repo, 'commits'), [['Revision', rest.join('/')]])],
    compare: ({ repo, rest }) => [{ ...get(api(repo, 'compare'), [['Range', rest.join('/')]]), expects: 'text' }],
    discussions: ({ repo }) => [get(api(repo, 'discussions'))],
    likers: ({ repo }) => [get(api(repo, 'likers'))],
    list: planList,
    userRepos: planList,
    userProfile: ({ name }) => [get(['api', 'v1', 'users', name])],
    organizationProfile: ({ name }) => [get(['api', 'v1', 'organizations', name])],
    tags: ({ type }) => [get(['api', 'v1', `${type}s`, 'tags'])],
    accountList: ({ name, list }) => [get(['api', 'v1', 'accounts', name, list])],
  };

  readonly decoders: Decoders = {
    resolve: (operation, replies) => ({ json: undefined, headers: fileHeaders(operation, replies) }),
    info: ({ repo }, replies) => ({ json: repoInfo(repo, replies) }),
    revision: ({ repo }, replies) => ({ json: repoInfo(repo, replies) }),
    tree: (_, [reply]) => entriesOf(reply),
    pathsInfo: ({ paths }, [reply]) => entriesOf(reply, (path) => paths.includes(String(path))),
    refs: (_, [reply]) => ({ json: { branches: dataOf(reply)?.['Branches'] ?? [], tags: [], converts: [] } }),
    commits: (_, [reply]) => ({ json: (dataOf(reply)?.['Commits'] ?? []) as unknown[] }),
    treesize: (_, [reply]) => ({ json: { path: '', size: dataOf(reply)?.['Size'] } }),
    compare: (_, [reply]) => ({ json: reply.json as string }),
    discussions: (_, [reply]) => ({ json: { discussions: dataOf(reply)?.['Items'] ?? [] } }),
    likers: (_, [reply]) => ({ json: (dataOf(reply)?.['Items'] ?? []) as unknown[] }),
    list: decodeList,
    userRepos: decodeList,
    userProfile: (_, [reply]) => account('user', reply),
    organizationProfile: (_, [reply]) => account('organization', reply),
    tags: (_, [reply]) => ({ json: (dataOf(reply) ?? {}) as TagsByType }),
    accountList: (_, [reply]) => ({ json: (dataOf(reply)?.['Items'] ?? []) as unknown[] }),
  };

  /** HTTP errors are classified as for other strategies, other replies by the code in the envelope. */
  classify(operation: AnyOperation, outcomes: Outcomes): Classification {
    const failed = outcomes.find((outcome) => outcome.kind === 'failure' || outcome.status >= 400);
    if (failed) {
      const classification = classifyReply(operation, failed);
      const category = classification.category === 'ok' ? 'other' : classification.category; // such as 412
      return failed.kind === 'reply' ? { ...classification, category, verdict: 'next' } : classification;
    }
    const envelopes = operation.kind === 'resolve' ? outcomes.slice(1) : operation.kind === 'compare' ? [] : outcomes;
    if (envelopes.some((outcome) => codeOf(outcome) === 404))
      return { verdict: 'next', category: 'not-found', repoDenied: true };
    if (!envelopes.every((outcome) => dataOf(outcome)))
      return { verdict: 'next', category: 'other', repoDenied: false };
    const isMissing = operation.kind === 'resolve' && !this.hasFile(operation, outcomes as Replies);
    return isMissing
      ? { verdict: 'propagate', category: 'not-found', errorCode: 'EntryNotFound', repoDenied: false }
      : { verdict: 'serve', category: 'ok', repoDenied: false };
  }

  private hasFile({ path }: FileOperation, [, listing]: Replies): boolean {
    return listingOf(listing).files.some(({ Path }) => Path === path.join('/'));
  }

  rateLimitBucket(): undefined {
    return undefined;
  }

  gitPath(repo: RepoId): string[] {
    return api(repo, 'repo.git');
  }
}
