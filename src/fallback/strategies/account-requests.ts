import type { AccountOperation } from '../../domain/hub-operation.js';
import type { QueryPairs } from '../../domain/operation.js';
import type { UpstreamRequest } from '../../domain/upstream.js';

/** Where accounts are, in both dialects. */
export const accountSegments = ({ kind, name, ...more }: AccountOperation): string[] => {
  const isUser = kind === 'userProfile' || ('owner' in more && more.owner === 'user');
  return ['api', isUser ? 'users' : 'organizations', name];
};

/** How a question about an account is put. */
export const planAccount = (segments: readonly string[], query: QueryPairs): UpstreamRequest => ({
  ...{ method: 'GET', segments, query, expects: 'json', follow: 'always' },
});
