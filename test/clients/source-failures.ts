import { bytes, json, text } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';

/** A failing source, and the exception or result that each client call must have. */
export interface FailureCase {
  readonly name: string;
  readonly reply: Responder;
  readonly hf_hub_download?: string;
  readonly model_info?: string;
  readonly list_repo_files?: string;
  readonly get_paths_info?: string;
  readonly file_exists?: string | boolean;
  readonly repo_exists?: string | boolean;
}

const refusal = (status: number, code: string | undefined, message = 'message of the source'): Responder =>
  text(status, message, { 'x-error-message': message, ...(code ? { 'x-error-code': code } : {}) });

/** Expects the same exception from all calls. */
const everywhere = (error: string) => ({
  hf_hub_download: error,
  model_info: error,
  list_repo_files: error,
  get_paths_info: error,
});

const MISSING = { ...everywhere('RepositoryNotFoundError'), file_exists: false, repo_exists: false };
const GATED = { ...everywhere('GatedRepoError'), file_exists: 'GatedRepoError', repo_exists: true };

/** Without hf_hub_download, which retries for half a minute. */
const UNANSWERED = {
  model_info: 'HfHubHTTPError',
  list_repo_files: 'HfHubHTTPError',
  get_paths_info: 'HfHubHTTPError',
  file_exists: 'HfHubHTTPError',
  repo_exists: 'HfHubHTTPError',
};

/**
 * KohakuHub's table of source responses and client results. Hubfall differs in one row: a source
 * that rejects its own token does not deny the repository, so 401 "Invalid credentials" is a failure and not a missing repository.
 */
export const FAILURES: readonly FailureCase[] = [
  {
    name: '404-entry',
    reply: refusal(404, 'EntryNotFound'),
    ...everywhere('RemoteEntryNotFoundError'),
    file_exists: false,
  },
  {
    name: '404-rev',
    reply: refusal(404, 'RevisionNotFound'),
    ...everywhere('RevisionNotFoundError'),
    file_exists: false,
  },
  { name: '404-repo', reply: refusal(404, 'RepoNotFound'), ...MISSING },
  { name: '401-gated', reply: refusal(401, 'GatedRepo'), ...GATED },
  { name: '403-gated', reply: refusal(403, 'GatedRepo'), ...GATED },
  { name: '401-anti-enum', reply: refusal(401, undefined, 'Invalid username or password.'), ...MISSING },
  { name: '401-creds', reply: refusal(401, undefined, 'Invalid credentials in Authorization header'), ...UNANSWERED },
  {
    name: 'disabled',
    reply: refusal(403, undefined, 'Access to this resource is disabled.'),
    ...everywhere('DisabledRepoError'),
    hf_hub_download: 'LocalEntryNotFoundError',
    file_exists: 'DisabledRepoError',
    repo_exists: 'DisabledRepoError',
  },
  { name: '403-bare', reply: bytes(403, ''), ...UNANSWERED, hf_hub_download: 'LocalEntryNotFoundError' },
  {
    name: '404-bare',
    reply: bytes(404, ''),
    hf_hub_download: 'RemoteEntryNotFoundError',
    model_info: 'RepositoryNotFoundError',
    list_repo_files: 'RepositoryNotFoundError',
    get_paths_info: 'RemoteEntryNotFoundError',
    file_exists: false,
    repo_exists: false,
  },
  { name: '429', reply: json(429, { error: 'slow down' }, { 'retry-after': '7' }), model_info: 'HfHubHTTPError' },
  { name: '500', reply: bytes(500, '<h1>oops</h1>', { 'content-type': 'text/html' }), ...UNANSWERED },
  { name: '503', reply: bytes(503, ''), ...UNANSWERED },
];

/** The Python client calls of a case, with their expected results. */
export const callsOf = (failure: FailureCase): { call: string; args: Record<string, unknown>; expected: unknown }[] => {
  const filename = 'config.json';
  const all = [
    { call: 'hf_hub_download', more: { filename } },
    { call: 'model_info', more: {} },
    { call: 'list_repo_files', more: {} },
    { call: 'get_paths_info', more: { paths: [filename] } },
    { call: 'file_exists', more: { filename } },
    { call: 'repo_exists', more: {} },
  ] as const;
  // Each call has its own repository, because the hub caches missing repositories.
  return all
    .map(({ call, more }) => ({
      call,
      args: { repo_id: `failing-${failure.name}/${call}`, ...more },
      expected: failure[call],
    }))
    .filter(({ expected }) => expected !== undefined);
};
