import type { Response } from 'undici';
import { connectionReason } from './connection-error.js';
import { findingsOf, type Finding } from './finding.js';
import { callHub, softwareAt, type HubAddress } from './local-hub.js';
import { PROBE_FILE, SLASH_BRANCH, type ProbeRepository } from './probe-repository.js';

const { ok, problem, warning } = findingsOf('addresses');
const PROXY = 'See "How do I run it behind a reverse proxy?" in docs/operations.md.';

/**
 * Examines whether this hub responds at an address, and whether a proxy in between changes requests.
 * @param probe - a repository that only this hub has; without it, another hub is not recognized
 */
export async function examineAddress(address: HubAddress, probe: ProbeRepository | undefined): Promise<Finding> {
  const { url } = address;
  try {
    const software = await softwareAt(address);
    if (software === undefined)
      return problem(
        `Another server than this hub responds at ${url}.`,
        'Correct KOHAKU_HUB_BASE_URL, or the configuration of the proxy.',
      );
    if (probe === undefined) return ok(`A hub responds at ${url}.`);
    return await examineWithProbe(address, probe);
  } catch (error) {
    return problem(
      `The hub cannot be reached at ${url} from this machine: ${connectionReason(error)}.`,
      'Check DNS, the proxy and the firewall, or correct KOHAKU_HUB_BASE_URL.',
    );
  }
}

async function examineWithProbe(address: HubAddress, probe: ProbeRepository): Promise<Finding> {
  const { url } = address;
  const get = (path: string): Promise<Response> => callHub(address, { path, headers: probe.authorization });
  const info = await get(`/api/models/${probe.id}`);
  if (info.status === 401)
    // it does not know the access token
    return problem(
      `Another hub responds at ${url}.`,
      'Correct KOHAKU_HUB_BASE_URL or DNS, or check that all replicas use the same database.',
    );
  if (info.status === 404)
    // the repository is private
    return problem(
      `Requests to ${url} arrive without their Authorization header.`,
      `Let the proxy forward it. ${PROXY}`,
    );
  if (!info.ok) return problem(`The hub returned HTTP ${info.status} at ${url}.`, 'See its log.');
  const file = await get(`/${probe.id}/resolve/${encodeURIComponent(SLASH_BRANCH)}/${PROBE_FILE}`);
  if (!file.ok)
    return problem(
      `The proxy at ${url} changes paths with %2F, so revisions with a slash are not found.`,
      `It must forward paths unchanged. ${PROXY}`,
    );
  return examineUrls(address, probe);
}

/** URLs in responses must begin with the address of the client. */
async function examineUrls(address: HubAddress, probe: ProbeRepository): Promise<Finding> {
  const { url } = address;
  const commitUrl = await probe.commit(address, url);
  if (commitUrl.startsWith(`${url}/`)) return ok(`This hub responds at ${url}.`);
  const advice = `Set KOHAKU_HUB_BASE_URL, or KOHAKU_HUB_TRUSTED_PROXIES to the address of the proxy. ${PROXY}`;
  return warning(`URLs in responses at ${url} begin with ${new URL(commitUrl).origin}.`, advice);
}
