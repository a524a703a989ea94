import type { S3Client } from '@aws-sdk/client-s3';
import { WrongServiceError } from '../../platform/config/identify-service.js';
import type { HubConfig, S3Config } from '../../platform/config/hub-config.js';
import { ForeignReplyError } from '../../platform/storage/foreign-reply.js';
import { explainAddress } from '../../platform/storage/s3-wrong-address.js';
import { connectionReason, isConnectionError } from './connection-error.js';
import { findingsOf, type Finding } from './finding.js';

const { ok, problem } = findingsOf('bucket');

/** Reasons by the name of the server's error, and what to do. */
const REFUSALS: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  NoSuchBucket: ['the bucket does not exist', 'Create the bucket, or correct KOHAKU_HUB_S3_BUCKET.'],
  NotFound: ['the bucket does not exist', 'Create the bucket, or correct KOHAKU_HUB_S3_BUCKET.'],
  InvalidAccessKeyId: ['the access key does not exist', 'Correct KOHAKU_HUB_S3_ACCESS_KEY.'],
  SignatureDoesNotMatch: ['the secret key is wrong', 'Correct KOHAKU_HUB_S3_SECRET_KEY.'],
  RequestTimeTooSkewed: ['the clock of this machine is wrong', 'Synchronize the clock (NTP).'],
  CredentialsProviderError: ['there are no credentials', 'Set KOHAKU_HUB_S3_ACCESS_KEY and KOHAKU_HUB_S3_SECRET_KEY.'],
  PermanentRedirect: ['the bucket is in another region', 'Correct KOHAKU_HUB_S3_REGION.'],
  QuotaExceeded: ['the quota is used up', 'Raise the quota of the bucket or its user.'],
};
const FORBIDDEN = [
  'it is not allowed',
  'Add the right to the policy of the access key. docs/operations.md lists all of them.',
] as const;

/** Examines the bucket, if files are stored in one. */
export async function examineBucket(config: HubConfig): Promise<Finding[]> {
  if (config.s3 === undefined) return [];
  const { s3Client } = await import('../../platform/storage/s3-client.js'); // the AWS SDK is large
  const s3 = s3Client(config.s3);
  try {
    return await examineWith(s3, config, config.s3);
  } finally {
    s3.destroy();
  }
}

async function examineWith(s3: S3Client, config: HubConfig, { bucket }: S3Config): Promise<Finding[]> {
  const [{ BucketProbe }, { examineBucketSettings }, { examineDirectTransfer }] = await Promise.all([
    import('../../platform/storage/bucket-probe.js'),
    import('./bucket-settings.js'),
    import('./examine-direct-transfer.js'),
  ]);
  const probe = new BucketProbe(s3, bucket);
  const found: Finding[] = [];
  for (const [at, [action, run]] of probe.steps.entries()) {
    const failed = await run().then(
      () => undefined,
      async (error: unknown) => refused(action, bucket, await explainAddress(error, config.s3!)),
    );
    if (failed) found.push(failed);
    if (failed && (at === 0 || failed.message.includes('cannot be reached'))) return found;
    if (!failed && action.startsWith('write')) found.push(...(await examineDirectTransfer(config, s3, probe.key)));
  }
  if (!found.some(({ level }) => level === 'problem'))
    found.unshift(ok(`The hub has the rights that it needs in the bucket ${bucket}.`));
  return [...found, ...(await examineBucketSettings(s3, bucket))];
}

function refused(action: string, bucket: string, error: unknown): Finding {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (error instanceof WrongServiceError) return problem(`${error.message}.`, 'Correct KOHAKU_HUB_S3_ENDPOINT.');
  if (error instanceof ForeignReplyError)
    return problem(`${error.message}.`, 'Check the server, and the proxy in front of it.');
  if (isConnectionError(error))
    return problem(
      `The server of the bucket ${bucket} cannot be reached: ${connectionReason(error)}.`,
      'Check KOHAKU_HUB_S3_ENDPOINT, and whether the server accepts connections from here.',
    );
  const known = REFUSALS[name];
  if (known !== undefined) return problem(`The hub cannot use the bucket ${bucket}: ${known[0]}.`, known[1]);
  const [reason, advice] =
    status === 403 || name === 'AccessDenied'
      ? FORBIDDEN
      : [connectionReason(error), 'See the documentation of the server.'];
  return problem(`The hub cannot ${action} in the bucket ${bucket}: ${reason}.`, advice);
}
