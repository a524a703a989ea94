import { READ_SCHEMAS } from './read-schemas.js';

type Paths = Readonly<Record<string, object>>;
type Parameter = Readonly<Record<string, unknown>>;

const inPath = (name: string, description: string, schema: object = { type: 'string' }): Parameter => ({
  ...{ name, in: 'path', required: true, description, schema },
});
const inQuery = (name: string, description: string, type = 'string'): Parameter => ({
  ...{ name, in: 'query', required: false, description, schema: { type } },
});
const inHeader = (name: string, description: string): Parameter => ({
  ...{ name, in: 'header', required: false, description, schema: { type: 'string' } },
});

const TYPES = inPath('types', 'Kind of repository', { type: 'string', enum: ['models', 'datasets', 'spaces'] });
const FOLDERS = inPath('types', 'Kind of repository', { type: 'string', enum: ['datasets', 'spaces'] });
const REPO = [inPath('namespace', 'User or organization; left out for ids such as gpt2'), inPath('name', 'Name')];
const REVISION = inPath('revision', 'Branch, tag, commit id or refs/pr/N; its slashes encoded or not');
const FILE = inPath('path', 'Path of the file, its slashes not encoded');
const FALLBACK = inQuery('fallback', 'false: only what this hub has itself');
const RANGE = inHeader('Range', 'Part of the file, as bytes=0-99');

const ERRORS: Record<string, string> = {
  400: 'The question is not well formed',
  401: 'The credentials are wrong, or the repository is gated',
  403: 'Gated, disabled or forbidden',
  404: 'RepoNotFound, RevisionNotFound or EntryNotFound, as X-Error-Code says',
  429: 'A source limits us; Retry-After says for how long',
  502: 'A source failed',
  503: 'No source can be asked now; Retry-After may say when',
  504: 'No source answered in time',
};

const jsonOf = (schema: object): object => ({ 'application/json': { schema } });
const ref = (name: keyof typeof READ_SCHEMAS): object => ({ $ref: `#/components/schemas/${name}` });
const listOf = (name: keyof typeof READ_SCHEMAS): object => ({ type: 'array', items: ref(name) });

const answers = (good: Record<string, object>): Record<string, object> => ({
  ...good,
  ...Object.fromEntries(
    Object.entries(ERRORS).map(([status, description]) => [status, { description, content: jsonOf(ref('Error')) }]),
  ),
});

const question = (tag: string, summary: string, parameters: Parameter[], good: Record<string, object>) => ({
  ...{ tags: [tag], summary, parameters: [...parameters, FALLBACK], responses: answers(good) },
  security: [{}, { 'access-token': [] }],
});

const inJson = (summary: string, parameters: Parameter[], description: string, schema: object): object =>
  question('repositories', summary, [TYPES, ...REPO, ...parameters], { 200: { description, content: jsonOf(schema) } });

const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
const FILE_ANSWERS = {
  200: {
    description: 'The file, with X-Repo-Commit, ETag, X-Linked-Size and, from a source, X-Source',
    content: BYTES,
  },
  206: { description: 'The asked range', content: BYTES },
  302: { description: 'Where the file lies; to a GET, and to a HEAD only on another host than the source' },
  304: { description: 'The caller has it already' },
  416: { description: 'The file has no such range', content: jsonOf(ref('Error')) },
};

const fileRoutes = (prefix: string, kinds: Parameter[], what: string): Paths =>
  Object.fromEntries(
    [
      ['resolve', `A file of ${what}`],
      ['raw', `A file of ${what} as git keeps it: for a large file, its pointer`],
    ].map(([verb, summary]) => {
      const parameters = [...kinds, ...REPO, REVISION, FILE, RANGE];
      const get = question('files', `${summary}`, parameters, FILE_ANSWERS);
      const head = question('files', `${summary}: its metadata alone`, parameters, FILE_ANSWERS);
      return [`${prefix}/{namespace}/{name}/${verb}/{revision}/{path}`, { get, head }];
    }),
  );

const PATHS_BODY = {
  type: 'object',
  properties: { paths: { type: 'array', items: { type: 'string' } }, expand: { type: 'boolean' } },
  required: ['paths'],
};
const PAGE = [
  inQuery('limit', 'Entries per page', 'integer'),
  inQuery('cursor', 'From the Link header of the page before'),
];
const EXPAND = inQuery('expand', 'Further fields');

const REPOSITORY = '/api/{types}/{namespace}/{name}';
const repositoryRoutes: Paths = {
  [REPOSITORY]: {
    get: inJson(
      'A repository',
      [inQuery('blobs', 'Sizes and ids of its files'), EXPAND],
      'The repository',
      ref('RepoInfo'),
    ),
  },
  [`${REPOSITORY}/revision/{revision}`]: {
    get: inJson(
      'A repository at a revision',
      [REVISION, inQuery('blobs', 'Sizes and ids of its files'), EXPAND],
      'The repository',
      ref('RepoInfo'),
    ),
  },
  [`${REPOSITORY}/tree/{revision}/{path}`]: {
    get: inJson(
      'What a folder holds; without path, the root',
      [
        REVISION,
        inPath('path', 'Folder, its slashes encoded or not'),
        inQuery('recursive', 'Folders below it too', 'boolean'),
        EXPAND,
        ...PAGE,
      ],
      'A page of entries; Link has the next one',
      listOf('TreeEntry'),
    ),
  },
  [`${REPOSITORY}/paths-info/{revision}`]: {
    post: {
      ...inJson('Some paths of a revision', [REVISION], 'Those of the paths that exist', listOf('TreeEntry')),
      requestBody: {
        required: true,
        content: { ...jsonOf(PATHS_BODY), 'application/x-www-form-urlencoded': { schema: PATHS_BODY } },
      },
    },
  },
  [`${REPOSITORY}/refs`]: {
    get: inJson('Branches and tags', [inQuery('include_prs', 'Pull requests too', 'boolean')], 'The refs', ref('Refs')),
  },
  [`${REPOSITORY}/commits/{revision}`]: {
    get: inJson(
      'The history of a revision, newest first',
      [REVISION, inQuery('p', 'Page, counted from 0', 'integer'), inQuery('limit', 'Commits per page', 'integer')],
      'A page of commits; X-Total-Count has their number',
      listOf('CommitEntry'),
    ),
  },
};

const LIST = [
  inQuery('author', 'User or organization'),
  inQuery('search', 'Words of the id, of tags and of the card; may be repeated'),
  inQuery('filter', 'Tags, all of which must be there; repeated or joined by commas'),
  inQuery('pipeline_tag', 'Task of a model'),
  inQuery('sort', 'lastModified, createdAt, downloads, likes or trendingScore; also updated, recent, trending'),
  inQuery('direction', '-1 descending, 1 ascending', 'integer'),
  inQuery('limit', 'Entries per page: 100, at most 1000', 'integer'),
  inQuery('full', 'More fields, and the files', 'boolean'),
  inQuery('cardData', 'The metadata of the card', 'boolean'),
];

const listRoutes: Paths = Object.fromEntries(
  ['models', 'datasets', 'spaces'].map((types) => {
    const cursor = inQuery('cursor', 'From the Link header of the page before');
    const description = 'A page of entries; Link has the next one, X-Source-Failures names sources that failed';
    const good = { 200: { description, content: jsonOf(listOf('RepoInfo')) } };
    const summary = `The ${types} of this hub and of its sources`;
    return [`/api/${types}`, { get: question('repositories', summary, [...LIST, EXPAND, cursor], good) }];
  }),
);

/** The reads of repositories. They are routed by one rule instead of many routes, so the document has them from here. */
export const READ_API: { readonly paths: Paths; readonly schemas: Readonly<Record<string, object>> } = {
  paths: {
    ...fileRoutes('', [], 'a model'),
    ...fileRoutes('/{types}', [FOLDERS], 'a dataset or space'),
    ...listRoutes,
    ...repositoryRoutes,
  },
  schemas: READ_SCHEMAS,
};
