import {
  CreateMultipartUploadCommand,
  AbortMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { fetch, type Agent } from 'undici';
import type { HubConfig, S3Config } from '../../platform/config/hub-config.js';
import { s3Client } from '../../platform/storage/s3-client.js';
import { reachableAt } from '../reachable-at.js';
import { PROBE } from '../../platform/storage/bucket-probe.js';
import { connectionReason } from './connection-error.js';
import { findingsOf, type Finding } from './finding.js';
import { trustingAgent } from './trusting-agent.js';

const { ok, warning, problem } = findingsOf('bucket');
const LINK_SECONDS = 300;
const TIMEOUT_MS = 10_000;
const CORS_ADVICE =
  'Add a CORS rule that allows PUT from the addresses of the hub, and exposes ETag (docs/operations.md).';

/** Links are signed with the address for clients, and tried from this machine. */
export async function examineDirectTransfer(config: HubConfig, s3: S3Client, key: string): Promise<Finding[]> {
  const { publicEndpoint, endpoint, bucket } = config.s3!;
  if (publicEndpoint === undefined && endpoint !== undefined)
    return [ok('Large files pass through the hub, because KOHAKU_HUB_S3_PUBLIC_ENDPOINT is not set.')];
  const at = { Bucket: bucket, Key: key };
  const signer = s3Client(config.s3!, publicEndpoint);
  const agent = trustingAgent(config.certificateAuthorities);
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
  try {
    const sign = { expiresIn: LINK_SECONDS };
    const download = await getSignedUrl(signer, new GetObjectCommand(at), sign);
    const upload = await getSignedUrl(signer, new UploadPartCommand({ ...at, UploadId, PartNumber: 1 }), sign);
    const found = [...sharedHost(config.s3!, config), await tryDownload(download, agent)];
    if (found.some(({ level }) => level === 'problem')) return found;
    return [...found, await tryUpload(upload, new URL(reachableAt(config)[0]!).origin, agent)];
  } finally {
    await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
    signer.destroy();
  }
}

/** Clients repeat their token at a redirect to the same host, so such links are not used. */
function sharedHost({ publicEndpoint }: S3Config, config: HubConfig): Finding[] {
  const host = publicEndpoint === undefined ? '' : new URL(publicEndpoint).hostname;
  if (!config.baseUrls.some((url) => new URL(url).hostname === host)) return [];
  return [
    warning(
      `The bucket has the host name of the hub, ${host}, so large files pass through the hub.`,
      'Give the bucket another host name, and set it in KOHAKU_HUB_S3_PUBLIC_ENDPOINT.',
    ),
  ];
}

const CHECK_ENDPOINT =
  'Check KOHAKU_HUB_S3_PUBLIC_ENDPOINT: clients must reach the server of the bucket at this address.';

async function tryDownload(link: string, agent: Agent): Promise<Finding> {
  const where = new URL(link).origin;
  try {
    const response = await fetch(link, { dispatcher: agent, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok && (await response.text()) === PROBE)
      return ok(`Clients can download directly from ${where}, as seen from this machine.`);
    return problem(`A signed link to ${where} returned HTTP ${response.status} instead of the file.`, CHECK_ENDPOINT);
  } catch (error) {
    return problem(
      `Clients cannot download from ${where}, as seen from this machine: ${connectionReason(error)}.`,
      CHECK_ENDPOINT,
    );
  }
}

/** Uploads a part as a browser does, from a page of the hub. */
async function tryUpload(link: string, origin: string, agent: Agent): Promise<Finding> {
  const { origin: where } = new URL(link);
  const sending = { dispatcher: agent, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const preflightHeaders = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type',
  };
  const preflight = await fetch(link, { ...sending, method: 'OPTIONS', headers: preflightHeaders });
  const put = await fetch(link, { ...sending, method: 'PUT', body: PROBE, headers: { origin } });
  if (!put.ok) return problem(`A signed link for an upload to ${where} returned HTTP ${put.status}.`, CHECK_ENDPOINT);
  const allowed = preflight.headers.get('access-control-allow-origin');
  if (!preflight.ok || (allowed !== '*' && allowed !== origin))
    return warning(
      `Browsers cannot upload large files on the pages of ${origin}, because ${where} does not allow it (CORS).`,
      CORS_ADVICE,
    );
  if (!/\betag\b|\*/i.test(put.headers.get('access-control-expose-headers') ?? ''))
    return warning(
      `Browsers cannot complete uploads, because ${where} does not expose the header ETag (CORS).`,
      CORS_ADVICE,
    );
  return ok(`Clients and browsers can upload directly to ${where}, as seen from this machine.`);
}
