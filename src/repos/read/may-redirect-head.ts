import type { ClientInfo } from './client-info.js';
import { directTransferFor, type DirectTransfer } from '../../platform/storage/direct-transfer.js';
import type { UrlBuilder } from '../../domain/url-builder.js';

/** `huggingface_hub` 2.x treats these hosts as the hub and follows a redirect to them with the user's token (contract A.3). */
const HUB_HOSTS: ReadonlySet<string> = new Set(['huggingface.co', 'hf.co', 'hub-ci.huggingface.co']);

/** Whether a client that may have credentials can be redirected to another host, without repeating them there. */
export const mayRedirectTo = (
  target: string,
  {
    mayRepeatCredentials,
    hadAuthorization,
    urls,
  }: Pick<ClientInfo, 'mayRepeatCredentials' | 'hadAuthorization' | 'urls'>,
): boolean => !mayRepeatCredentials && !(hadAuthorization && urls.sharesDomainWith(new URL(target).hostname));

/** The transfer by which a client may get files from the bucket; `undefined` if the hub must send them. */
export function transferFor(transfer: DirectTransfer | undefined, client: ClientInfo): DirectTransfer | undefined {
  const direct = client.mustProxy ? undefined : directTransferFor(transfer, client.urls);
  return direct && mayRedirectTo(direct.origin, client) ? direct : undefined;
}

/**
 * Whether a HEAD response may redirect to `target`. Allowed only if clients do not treat the target as a hub: not the source's own origin,
 * and not this hub under any of its names. Clients compare host names without ports.
 */
export function mayRedirectHead(target: string, sourceUrl: string, urls: UrlBuilder): boolean {
  const { hostname, origin } = new URL(target);
  return origin !== new URL(sourceUrl).origin && !HUB_HOSTS.has(hostname) && !urls.hasHostName(hostname);
}
