/** Hosts whose redirects clients of the 2.x generation follow with the caller's token (contract A.3). */
const HUB_HOSTS: ReadonlySet<string> = new Set(['huggingface.co', 'hf.co', 'hub-ci.huggingface.co']);

/**
 * May the answer to a HEAD redirect to `target`? Only to a host that clients do not take for a hub: neither the source's own, nor ours
 * under any of its names (clients compare host names without ports).
 */
export function mayRedirectHead(target: string, sourceUrl: string, ownHosts: readonly string[]): boolean {
  const { hostname, origin } = new URL(target);
  return origin !== new URL(sourceUrl).origin && !HUB_HOSTS.has(hostname) && !ownHosts.includes(hostname);
}
