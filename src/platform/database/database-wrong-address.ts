import { parseUrl } from '../../domain/parse-url.js';
import { addressOf, identifyService, SERVICE_NAMES, WrongServiceError } from '../config/identify-service.js';

const SETTING = 'KOHAKU_HUB_DATABASE_URL';
const DEFAULT_PORT = 5432;
/** Codes of connections that were established and then failed. Errors of the client itself, such as for a reply that it cannot parse, have none. */
const WITHOUT_REPLY = new Set<string | undefined>([undefined, 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Determines whether a connection failed because the URL leads to another service.
 * @returns a WrongServiceError, or the given error if the URL is not the reason
 */
export async function explainDatabaseUrl(error: unknown, databaseUrl: string): Promise<unknown> {
  const url = parseUrl(databaseUrl);
  if (!isWithoutReply(error) || url === undefined || url.hostname === '') return error;
  const kind = await identifyService(addressOf(url, DEFAULT_PORT));
  if (kind === undefined || kind === 'postgresql') return error;
  const name = kind === 'tls' ? 'a server that expects TLS at once' : SERVICE_NAMES[kind];
  return new WrongServiceError(`${SETTING} leads to ${name}, not to PostgreSQL. Check its host and port`);
}

function isWithoutReply(error: unknown): boolean {
  const { code, driverError } = error as { readonly code?: string; readonly driverError?: { readonly code?: string } };
  return WITHOUT_REPLY.has(driverError?.code ?? code);
}
