import type { Outcome } from '../../../../src/domain/upstream.js';
import { isBadCredentials } from '../../../../src/fallback/upstream/source-credentials.js';

const reply = (message: string, headers: Record<string, string> = {}, status = 401): Outcome => ({
  kind: 'reply',
  status,
  headers,
  message,
});

const REJECTED: readonly Outcome[] = [
  reply('Invalid credentials in Authorization header'),
  reply('', { 'x-error-message': 'Invalid credentials in Authorization header' }),
  reply('Invalid user token.'),
  reply('Invalid access token'),
  reply('User Access Token "ci" is expired'),
  reply('This token has been revoked'),
  reply('Unauthorized', { 'www-authenticate': 'Bearer realm="hub", error="invalid_token", error_description="…"' }),
];
const OTHERS: readonly Outcome[] = [
  reply('Repository not found', { 'x-error-code': 'RepoNotFound' }),
  reply('Access to model meta-llama/x is restricted. You must be authenticated to access it.', {
    'x-error-code': 'GatedRepo',
  }),
  reply('Unauthorized', { 'www-authenticate': 'Bearer realm="Authentication required"' }),
  reply('Invalid username or password.'),
  reply('Invalid user token.', {}, 403),
  { kind: 'failure', category: 'network', message: 'token expired' },
];

it('recognizes rejected tokens, and no other refusal', () => {
  expect(REJECTED.map(isBadCredentials)).toEqual(REJECTED.map(() => true));
  expect(OTHERS.map(isBadCredentials)).toEqual(OTHERS.map(() => false));
});
