import { describeLimits } from '../../platform/http/routes/describe-limits.js';
import { ROUTES, type RouteKey } from '../../platform/http/routes/routes.js';
import { READ_SCHEMAS } from './read-schemas.js';

export type Paths = Readonly<Record<string, object>>;
export type Parameter = Readonly<Record<string, unknown>>;

export const inPath = (name: string, description: string, schema: object = { type: 'string' }): Parameter => ({
  name,
  in: 'path',
  required: true,
  description,
  schema,
});
export const inQuery = (name: string, description: string, type = 'string'): Parameter => ({
  name,
  in: 'query',
  required: false,
  description,
  schema: { type },
});
const inHeader = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

const TYPES = inPath('types', 'Repository type', { type: 'string', enum: ['models', 'datasets', 'spaces'] });
export const FOLDERS = inPath('types', 'Repository type', { type: 'string', enum: ['datasets', 'spaces'] });
export const REPO = [
  inPath('namespace', 'User or organization. Omitted for ids without a namespace, such as gpt2.'),
  inPath('name', 'Repository name'),
];
export const REVISION = inPath('revision', 'Branch, tag, commit id or refs/pr/N. Slashes may be percent-encoded.');
export const FILE = inPath('path', 'Path of the file, with unencoded slashes');
const FALLBACK = inQuery('fallback', 'Set to false to read from this hub only, without external sources');
export const RANGE = inHeader('Range', 'Byte range, for example bytes=0-99');

const ERRORS: Record<string, string> = {
  400: 'The request is invalid',
  401: 'The credentials are invalid, or the repository is gated',
  403: 'The repository is gated or disabled, or access is denied',
  404: 'The repository, revision or file does not exist. X-Error-Code is RepoNotFound, RevisionNotFound or EntryNotFound.',
  429: 'A source limits the request rate. Retry-After has the seconds to wait.',
  502: 'A source returned an error',
  503: 'No source is available. Retry-After may have the seconds to wait.',
  504: 'No source responded in time',
};

export const jsonOf = (schema: object): object => ({ 'application/json': { schema } });
export const textOf = (schema: object): object => ({ 'text/plain': { schema } });
export const ref = (name: keyof typeof READ_SCHEMAS): object => ({ $ref: `#/components/schemas/${name}` });
export const listOf = (name: keyof typeof READ_SCHEMAS): object => ({ type: 'array', items: ref(name) });

const responsesOf = (success: Record<string, object>): Record<string, object> => ({
  ...success,
  ...Object.fromEntries(
    Object.entries(ERRORS).map(([status, description]) => [status, { description, content: jsonOf(ref('Error')) }]),
  ),
});

/** An OpenAPI operation with the parameters and error responses that all reads share. Anonymous access is allowed. */
export const operation = (tag: string, summary: string, parameters: Parameter[], success: Record<string, object>) => ({
  tags: [tag],
  summary,
  parameters: [...parameters, FALLBACK],
  responses: responsesOf(success),
  security: [{}, { 'access-token': [] }],
});

export const repositoryOperation = (
  summary: string,
  parameters: Parameter[],
  description: string,
  content: object,
): object =>
  operation('repositories', summary, [TYPES, ...REPO, ...parameters], {
    200: { description, content },
  });

/** The limits of a route, as an extension of its operation. */
export const limitsOf = (key: RouteKey): object => ({ 'x-limits': describeLimits(ROUTES[key]) });
