import { addressOf, identifyService, SERVICE_NAMES, WrongServiceError } from '../config/identify-service.js';
import { isWithoutReply, NOT_TLS, SETTING } from './redis-problem.js';

const DEFAULT_PORT = 6379;

/**
 * Determines whether a connection failed because the URL has the wrong scheme, or leads to another service.
 * @returns a WrongServiceError, or the given error if the URL is not the reason
 */
export async function explainScheme(error: unknown, redisUrl: string): Promise<unknown> {
  if (!isWithoutReply(error)) return error;
  const url = new URL(redisUrl);
  const expectsTls = url.protocol === 'rediss:';
  const kind = await identifyService(addressOf(url, DEFAULT_PORT));
  if (kind === 'redis') return expectsTls ? new WrongServiceError(NOT_TLS) : error;
  if (kind === 'tls')
    return expectsTls ? error : new WrongServiceError(`Redis requires TLS. Begin ${SETTING} with rediss://`);
  if (kind === undefined) return error;
  return new WrongServiceError(`${SETTING} leads to ${SERVICE_NAMES[kind]}. Check its host and port`);
}
