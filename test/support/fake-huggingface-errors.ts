import type { FakeAccount } from './fake-huggingface.js';
import { json, text } from './fake-replies.js';
import type { FakeRepo } from './fake-repo.js';
import type { Responder } from './fake-upstream.js';

// Error responses of huggingface.co with all their headers, captured in April 2026.

const LOG_IN = { 'www-authenticate': 'Bearer realm="Authentication required"' };

const jsonRefusal = (status: number, message: string, headers: Record<string, string> = {}): Responder =>
  json(status, { error: message }, { 'x-error-message': message, ...headers });

const textRefusal = (status: number, message: string, headers: Record<string, string> = {}): Responder =>
  text(status, message, { 'x-error-message': message, ...headers });

/** Anonymous clients get 401 instead of 404, which does not reveal whether the repository exists. */
export const repoMissing = (account: FakeAccount | undefined): Responder =>
  account
    ? jsonRefusal(404, 'Repository not found', { 'x-error-code': 'RepoNotFound' })
    : jsonRefusal(401, 'Invalid username or password.', LOG_IN);

export const badToken = (): Responder => jsonRefusal(401, 'Invalid credentials in Authorization header', LOG_IN);

/** `undefined` if the account may read the files. */
export const gateOf = (repo: FakeRepo, account: FakeAccount | undefined): Responder | undefined => {
  if (!repo.spec.gated || account?.reads?.includes(repo.id)) return undefined;
  const restricted = `Access to ${repo.type} ${repo.id} is restricted`;
  return account
    ? textRefusal(
        403,
        `${restricted} and you are not in the authorized list. Visit https://huggingface.co/${repo.id} to ask for access.`,
        { 'x-error-code': 'GatedRepo' },
      )
    : textRefusal(401, `${restricted}. You must have access to it and be authenticated to access it. Please log in.`, {
        'x-error-code': 'GatedRepo',
      });
};

export const disabled = (): Responder => textRefusal(403, 'Access to this resource is disabled.');

/** The message contains only the first segment of the revision. */
export const revisionMissing = (rest: readonly string[]): Responder =>
  textRefusal(404, `Invalid rev id: ${rest[0]?.split('/')[0] ?? ''}`, { 'x-error-code': 'RevisionNotFound' });

export const entryMissing = (commit: string): Responder =>
  textRefusal(404, 'Entry not found', { 'x-error-code': 'EntryNotFound', 'x-repo-commit': commit });

export const unknownExpand = (known: readonly string[]): Responder =>
  json(400, { error: `"expand" must be one of [${known.join(', ')}]` });

export const quotaExhausted = (): Responder =>
  json(429, { error: 'We had to rate limit your IP. To continue using our service, create an account or log in.' });

export const noSuchPage = (): Responder => json(404, { error: "Sorry, we can't find the page you are looking for." });
