import { disabled, repoMissing } from './fake-huggingface-errors.js';
import { json, text } from './fake-replies.js';
import type { Responder } from './fake-upstream.js';

const SHA = 'a'.repeat(40);

export const hasRepo = json(200, { id: 'some/repository', sha: SHA }, { 'x-repo-commit': SHA });
export const missingRepo = json(404, { error: 'Repository not found' }, { 'x-error-code': 'RepoNotFound' });
/** The anonymous reply of huggingface.co for missing and for private repositories. */
export const missingForAnonymous = repoMissing(undefined);
export const gatedRepo = text(401, 'Access to model is restricted.', { 'x-error-code': 'GatedRepo' });
export const gatedForAccount = text(403, 'Access to model is restricted.', { 'x-error-code': 'GatedRepo' });
export const disabledRepo = disabled();

/**
 * A source like huggingface.co: responds by the last segments of the path (`models/alice/taken`, `organizations/acme/members`), and with
 * "not found" to all other requests.
 */
export const namesSource =
  (replies: Readonly<Record<string, Responder>>): Responder =>
  (response, request) => {
    const path = decodeURIComponent(request.url.split('?')[0]!).replace(/^\/api\//, '');
    return (replies[path] ?? missingRepo)(response, request);
  };
