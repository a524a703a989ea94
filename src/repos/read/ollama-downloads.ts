import { parseUrl } from '../../domain/parse-url.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import type { ClientInfo } from './client-info.js';

/** Ollama 0.1 and later send `ollama/<version> (<architecture> <system>) Go/<version>`. */
export const isOllama = (headers: { readonly 'user-agent'?: string | undefined }): boolean =>
  (headers['user-agent'] ?? '').startsWith('ollama/');

/**
 * Reads a file for Ollama, which first requests the URL of a file and then its parts from there. It follows redirects within the same host
 * name, on any port. It then accepts a 307 to another host, or a 200 with a `Location`, but no other response (ollama/ollama
 * `server/download.go`, 2024 to 2026).
 */
export async function readForOllama(
  read: (client: ClientInfo) => Promise<WireReply>,
  client: ClientInfo,
): Promise<WireReply> {
  const found = await read(client);
  const reply = isOwnHost(found, client) ? await read({ ...client, mustProxy: true }) : found;
  const { status, headers } = reply;
  if (status === 302) return { ...reply, status: 307 };
  return status === 200 && reply.stream
    ? { ...reply, headers: { ...headers, location: client.urls.url(client.path) } }
    : reply;
}

const isOwnHost = ({ status, headers }: WireReply, { urls }: ClientInfo): boolean =>
  status === 302 && urls.hasHostName(parseUrl(headers['location'] ?? '')?.hostname ?? '');
