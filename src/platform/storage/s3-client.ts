import { S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from '../config/hub-config.js';
import { ForeignReplies, type ReceivedReply, type SentRequest } from './foreign-reply.js';
import { GuardedRequests, type SendAttempt } from './guarded-requests.js';
import { S3Retries } from './s3-retries.js';
import type { StoreBreaker } from './store-breaker.js';

type Send = (request: SentRequest, options?: unknown) => Promise<{ readonly response: ReceivedReply }>;

const CONNECT_MS = 3000;
/** Each running download holds a connection. */
const MAX_CONNECTIONS = 1000;
/** A request that failed once is sent again up to three times, so that a fifth of failing requests is not noticed. */
const MAX_ATTEMPTS = 4;

/** Creates a client. `endpoint` may be the public endpoint, for presigned links. */
export function s3Client(config: S3Config, endpoint = config.endpoint, maxAttempts = MAX_ATTEMPTS): S3Client {
  const client = new S3Client({
    endpoint,
    region: config.region,
    forcePathStyle: config.forcePathStyle,
    credentials: config.keys,
    maxAttempts,
    retryStrategy: new S3Retries(maxAttempts),
    // many servers do not support the checksums and trailers that the SDK would add; the SHA-256 of each body is signed anyway
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: config.timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: MAX_CONNECTIONS },
      httpsAgent: { maxSockets: MAX_CONNECTIONS, ca: config.certificateAuthorities as string[] | undefined },
    },
  });
  rejectForeignReplies(client);
  return client;
}

/** Replies that are not of an S3 server become errors, before the SDK takes them for content. */
function rejectForeignReplies(client: S3Client): void {
  const handler = client.config.requestHandler as unknown as { handle: Send };
  const handle = handler.handle.bind(handler);
  const replies = new ForeignReplies();
  handler.handle = async (request, options) => {
    const result = await handle(request, options);
    const foreign = replies.find(request, result.response);
    if (foreign === undefined) return result;
    (result.response.body as { destroy?: () => void } | undefined)?.destroy?.();
    throw foreign;
  };
}

/** A client that sends nothing while the store is known to be down, and does not wait for long. */
export function guardedS3Client(config: S3Config, breaker: StoreBreaker): S3Client {
  const client = s3Client(config);
  const handler = client.config.requestHandler as { handle: SendAttempt };
  const guarded = new GuardedRequests(handler.handle.bind(handler), breaker, config.timeoutMs);
  handler.handle = (request, options) => guarded.send(request, options);
  return client;
}
