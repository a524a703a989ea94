import { isRedirected } from '../../domain/delivery.js';
import type { Source } from '../../domain/source.js';
import type { Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';

/** For a source that does not support HEAD, or compresses the file although the hub requests it uncompressed. */
export const mustSendGet = (outcome: Outcome): boolean =>
  outcome.status === 405 ||
  outcome.status === 501 ||
  (outcome.kind === 'reply' && outcome.isCoded === true && outcome.headers['x-linked-size'] === undefined);

/** Unless clients are redirected to the source, the hub must fetch the target of a redirect, because clients cannot reach it. */
export const mustFetchTarget = (source: Source, request: UpstreamRequest, { status, location }: Reply): boolean =>
  !isRedirected(source.delivery) &&
  request.method === 'GET' &&
  request.expects === 'stream' &&
  status >= 300 &&
  status < 400 &&
  location !== undefined;
