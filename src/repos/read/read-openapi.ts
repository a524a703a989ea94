import {
  FILE,
  FOLDERS,
  inPath,
  inQuery,
  jsonOf,
  limitsOf,
  listOf,
  operation,
  type Parameter,
  type Paths,
  RANGE,
  ref,
  REPO,
  repositoryOperation,
  REVISION,
  textOf,
} from './read-operations.js';
import { OPERATIONS, type OperationKind } from '../../domain/operation.js';
import type { RouteKey } from '../../platform/http/routes/routes.js';
import { EXPAND, listRoutes } from './list-openapi.js';
import { READ_SCHEMAS } from './read-schemas.js';

const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
const FILE_RESPONSES = {
  200: {
    description: 'The file. Headers include X-Repo-Commit, ETag, X-Linked-Size and, for files from a source, X-Source.',
    content: BYTES,
  },
  206: { description: 'The requested range', content: BYTES },
  302: {
    description:
      'Redirect to the location of the file. HEAD requests are only redirected to hosts other than the source.',
  },
  304: { description: 'Not modified' },
  416: { description: 'The range is outside the file', content: jsonOf(ref('Error')) },
};

const fileRoutes = (prefix: string, kinds: Parameter[], what: string): Paths =>
  Object.fromEntries(
    [
      { verb: 'resolve', summary: `Download a file of ${what}` },
      { verb: 'raw', summary: `Download a file of ${what} as stored in git; large files as LFS pointers` },
    ].map(({ verb, summary }) => {
      const parameters = [...kinds, ...REPO, REVISION, FILE, RANGE];
      const limits = limitsOf('repositories.read');
      const get = { ...operation('files', summary, parameters, FILE_RESPONSES), ...limits };
      const head = { ...operation('files', `${summary} (headers only)`, parameters, FILE_RESPONSES), ...limits };
      return [`${prefix}/{namespace}/{name}/${verb}/{revision}/{path}`, { get, head }];
    }),
  );

const PATHS_BODY = {
  type: 'object',
  properties: { paths: { type: 'array', items: { type: 'string' } }, expand: { type: 'boolean' } },
  required: ['paths'],
};
const PAGE = [
  inQuery('limit', 'Maximum number of entries per page', 'integer'),
  inQuery('cursor', 'Cursor from the Link header of the previous page'),
];

const BLOBS = inQuery('blobs', 'Include file sizes and ids');

/** The documentation of an operation that returns JSON: summary, parameters other than the revision, and the response. */
interface OperationDoc {
  readonly summary: string;
  readonly parameters: Parameter[];
  readonly response: string;
  readonly schema: object;
  readonly body?: object;
  readonly isText?: boolean;
}

const DOCS: Readonly<Record<Exclude<OperationKind, 'resolve'>, OperationDoc>> = {
  info: {
    summary: 'Get a repository',
    parameters: [BLOBS, EXPAND],
    response: 'The repository',
    schema: ref('RepoInfo'),
  },
  revision: {
    summary: 'Get a repository at a revision',
    parameters: [BLOBS, EXPAND],
    response: 'The repository',
    schema: ref('RepoInfo'),
  },
  tree: {
    summary: 'List a folder of a revision. Without path, lists the root folder.',
    parameters: [
      inPath('path', 'Path of the folder. Slashes may be percent-encoded.'),
      inQuery('recursive', 'Include subfolders', 'boolean'),
      EXPAND,
      ...PAGE,
    ],
    response: 'A page of entries. The Link header has the next page.',
    schema: listOf('TreeEntry'),
  },
  pathsInfo: {
    summary: 'Get information about paths of a revision',
    parameters: [],
    response: 'The paths that exist',
    schema: listOf('TreeEntry'),
    body: PATHS_BODY,
  },
  treesize: {
    summary: 'Get the size of a folder with all its files',
    parameters: [],
    response: 'The path, and the size in bytes',
    schema: ref('TreeSize'),
  },
  refs: {
    summary: 'List branches and tags',
    parameters: [inQuery('include_prs', 'Include pull request refs', 'boolean')],
    response: 'The refs, by kind',
    schema: ref('Refs'),
  },
  commits: {
    summary: 'List the commits of a revision, newest first',
    parameters: [
      inQuery('p', 'Page number, starting at 0', 'integer'),
      inQuery('limit', 'Maximum number of commits per page', 'integer'),
    ],
    response: 'A page of commits. X-Total-Count has the total number.',
    schema: listOf('CommitEntry'),
  },
  compare: {
    summary: 'Compare two revisions (`before..after`), or a commit with its parent (`revision`)',
    parameters: [
      inPath('range', 'Two revisions with two dots between them, or one revision'),
      inQuery('raw', '`true`: list the files that differ, in the raw format of git with sizes', 'boolean'),
    ],
    response: 'A unified diff, in which large files are compared as their pointers, or a list of the files that differ',
    schema: { type: 'string' },
    isText: true,
  },
  discussions: {
    summary: 'List the discussions and pull requests of an external repository. This hub itself has none.',
    parameters: [
      inQuery('p', 'Page number, starting at 0', 'integer'),
      inQuery('type', 'discussion or pull_request'),
      inQuery('status', 'open or closed'),
      inQuery('author', 'User who created them'),
    ],
    response: 'A page of discussions',
    schema: ref('Discussions'),
  },
  likers: {
    summary: 'List the users who like a repository',
    parameters: PAGE,
    response: 'A page of users. The Link header has the next page.',
    schema: listOf('Liker'),
  },
};

const PARAMETERS_IN_PATH = {
  nothing: '',
  item: '',
  revision: '/{revision}',
  range: '/{range}',
  folder: '/{revision}/{path}',
} as const;

/** Operations that have a separate row in the table of routes. */
const ROUTE_OF: Readonly<Record<string, RouteKey>> = {
  pathsInfo: 'repositories.pathsInfo',
  compare: 'repositories.compare',
};

/** The OpenAPI paths of the operations table. */
const repositoryRoutes: Paths = Object.fromEntries(
  Object.entries(DOCS).map(([kind, { summary, parameters, response, schema, body, isText }]) => {
    const { verbs, method, takes } = OPERATIONS[kind as keyof typeof DOCS];
    const [verb] = verbs;
    const path = `/api/{types}/{namespace}/{name}${verb ? `/${verb}` : ''}${PARAMETERS_IN_PATH[takes]}`;
    const revision = takes === 'revision' || takes === 'folder' ? [REVISION] : [];
    const media = isText ? textOf(schema) : jsonOf(schema);
    const content = body && { ...jsonOf(body), 'application/x-www-form-urlencoded': { schema: body } };
    const documented = {
      ...repositoryOperation(summary, [...revision, ...parameters], response, media),
      ...(content && { requestBody: { required: true, content } }),
      ...limitsOf(ROUTE_OF[kind] ?? 'repositories.read'),
    };
    return [path, { [method.toLowerCase()]: documented }];
  }),
);

/**
 * OpenAPI paths and schemas of repository reads. Written by hand, because a single handler serves them instead of one controller method per
 * route.
 */
export const READ_API: { readonly paths: Paths; readonly schemas: Readonly<Record<string, object>> } = {
  paths: {
    ...fileRoutes('', [], 'a model'),
    ...fileRoutes('/{types}', [FOLDERS], 'a dataset or space'),
    ...listRoutes,
    ...repositoryRoutes,
  },
  schemas: READ_SCHEMAS,
};
