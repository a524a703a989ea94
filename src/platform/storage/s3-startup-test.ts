import { withTimeout } from '../async/with-timeout.js';
import { tryService } from '../config/await-service.js';
import { certificateProblem } from '../config/certificate-problems.js';
import { WrongServiceError } from '../config/identify-service.js';
import type { S3Config } from '../config/hub-config.js';
import { BucketProbe } from './bucket-probe.js';
import { s3Client } from './s3-client.js';
import { describeS3Problem } from './s3-error.js';
import { explainAddress } from './s3-wrong-address.js';

const KEY = 'Check KOHAKU_HUB_S3_ACCESS_KEY and KOHAKU_HUB_S3_SECRET_KEY';

/** Problems that do not disappear by waiting, by the error codes of S3. Without a full stop. */
const REJECTIONS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'The storage bucket does not exist. Create it, or change KOHAKU_HUB_S3_BUCKET',
  InvalidAccessKeyId: `The S3 server does not know the access key. ${KEY}`,
  SignatureDoesNotMatch: `The S3 server rejects the secret key. ${KEY}`,
  InvalidToken: `The S3 server rejects the session token. ${KEY}`,
  ExpiredToken: `The session token for the S3 server has expired. ${KEY}`,
  RequestTimeTooSkewed:
    'The clock of this machine differs from the clock of the S3 server by more than 15 minutes. Set it',
  PermanentRedirect: 'The storage bucket is in another region. Change KOHAKU_HUB_S3_REGION or KOHAKU_HUB_S3_ENDPOINT',
  AuthorizationHeaderMalformed: 'The storage bucket is in another region. Change KOHAKU_HUB_S3_REGION',
  CredentialsProviderError:
    'There are no credentials for the S3 server. Set KOHAKU_HUB_S3_ACCESS_KEY and KOHAKU_HUB_S3_SECRET_KEY',
};

/** Error codes of a TLS handshake with a port that does not use TLS. */
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO']);

interface FailedStep extends Error {
  readonly code?: string;
  readonly step?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * Uses the bucket as the hub does, at startup.
 * @throws ServiceUnusableError if the server rejects the credentials, or a right is missing, or the bucket
 */
export async function testBucket(config: S3Config, waitMs: number): Promise<void> {
  await tryService({
    name: 'the S3 server',
    use: () => useBucket(config),
    describeRejection: describeS3Rejection,
    describeOutage: describeS3Problem,
    waitMs,
  });
}

/** The reason why the S3 server rejects the settings of the hub, without a full stop. `undefined` for other errors. */
export function describeS3Rejection(error: unknown): string | undefined {
  const { name, code, step, $metadata } = error as FailedStep;
  if (error instanceof WrongServiceError) return error.message;
  const certificate = certificateProblem(error);
  if (certificate !== undefined) return `The S3 server cannot be used. ${certificate}`;
  if (code !== undefined && NO_TLS.has(code))
    return 'The S3 server does not use TLS on this port. Begin KOHAKU_HUB_S3_ENDPOINT with http://, or change its port';
  const known = REJECTIONS[name];
  if (known !== undefined) return known;
  const status = $metadata?.httpStatusCode;
  if (status !== 401 && status !== 403) return undefined;
  return `The S3 server does not allow the hub to ${step ?? 'use objects'} in the bucket (${name}). docs/operations.md lists the rights of its access key`;
}

async function useBucket(config: S3Config): Promise<void> {
  const client = s3Client(config);
  const probe = new BucketProbe(client, config.bucket);
  let isWritten = false;
  try {
    for (const [action, run] of probe.steps) {
      await step(action, () => withTimeout(config.timeoutMs, run()));
      isWritten = true;
    }
  } catch (error) {
    if (isWritten) await withTimeout(config.timeoutMs, probe.deleteAll()).catch(() => undefined); // the first error counts
    throw await explainAddress(error, config);
  } finally {
    client.destroy();
  }
}

async function step(action: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw Object.assign(error as Error, { step: action });
  }
}
