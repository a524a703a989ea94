import type { S3Config } from '../config/hub-config.js';
import { addressOf, identifyService, SERVICE_NAMES, WrongServiceError } from '../config/identify-service.js';
import { ForeignReplyError } from './foreign-reply.js';

const SETTING = 'KOHAKU_HUB_S3_ENDPOINT';
const HTTP_PORT = 80;
/** Codes of errors before a connection was established. */
const NOT_REACHED = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Finds the reason for a failed request in the address of the S3 server: it has the wrong scheme, or leads to another service.
 * @returns a WrongServiceError, or the given error if the address is not the reason
 */
export async function explainAddress(error: unknown, { endpoint }: Pick<S3Config, 'endpoint'>): Promise<unknown> {
  if (endpoint === undefined || !isWithoutS3(error)) return error;
  const url = new URL(endpoint);
  const redirectsTo = error instanceof ForeignReplyError ? error.redirectsTo : undefined;
  if (redirectsTo !== undefined)
    return new WrongServiceError(`The S3 server redirects to ${redirectsTo}. Change ${SETTING} to this address`);
  const kind = await identifyService(addressOf(url, HTTP_PORT));
  if (kind === 'tls' && url.protocol === 'http:')
    return new WrongServiceError(`The S3 server requires TLS. Begin ${SETTING} with https://`);
  if (kind === 'redis' || kind === 'postgresql')
    return new WrongServiceError(`${SETTING} leads to ${SERVICE_NAMES[kind]}. Check its host and port`);
  if (!(error instanceof ForeignReplyError)) return error;
  const { httpStatusCode: status } = error.$metadata;
  return new WrongServiceError(
    `${SETTING} leads to a web server that is not an S3 server (HTTP ${status}). Check its host and port`,
  );
}

/** Whether the request reached a server, but no S3 server has responded. A status from 500 is an outage. */
function isWithoutS3(error: unknown): boolean {
  if (error instanceof ForeignReplyError) return error.$metadata.httpStatusCode < 500;
  const { code, $metadata } = error as {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return $metadata?.httpStatusCode === undefined && !NOT_REACHED.has(code);
}
