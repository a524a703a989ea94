import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { findingsOf, type Finding } from './finding.js';

const { ok, warning, problem } = findingsOf('bucket');
/** Prefix of the files of repositories. */
const BLOBS = 'blobs/';
/** Unfinished uploads are deleted by the hub after two days. */
const MIN_UPLOAD_DAYS = 3;

/** Examines rules of the bucket that delete or keep objects. Servers without them, and users without the rights to read them, have none. */
export async function examineBucketSettings(s3: S3Client, Bucket: string): Promise<Finding[]> {
  const rules = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })).then(
    ({ Rules }) => Rules ?? [],
    () => [],
  );
  const versioning = await s3.send(new GetBucketVersioningCommand({ Bucket })).catch(() => undefined);
  const enabled = rules.filter(({ Status }) => Status === 'Enabled');
  const found = enabled.flatMap(examineRule);
  const expiresVersions = enabled.some(({ NoncurrentVersionExpiration }) => NoncurrentVersionExpiration !== undefined);
  if (versioning?.Status === 'Enabled' && !expiresVersions)
    found.push(
      warning(
        'The bucket keeps all versions of its objects, so deleted files continue to use space.',
        'Add a lifecycle rule for noncurrent versions, or suspend versioning.',
      ),
    );
  return found.length > 0 ? found : [ok('No lifecycle rule deletes files.')];
}

const prefixOf = ({ Filter, Prefix }: LifecycleRule): string => Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? '';

function examineRule(rule: LifecycleRule): Finding[] {
  const prefix = prefixOf(rule);
  const name = `The lifecycle rule ${rule.ID ?? `for "${prefix}"`}`;
  const affectsBlobs = BLOBS.startsWith(prefix) || prefix.startsWith(BLOBS);
  const isTagged = rule.Filter?.Tag !== undefined || (rule.Filter?.And?.Tags?.length ?? 0) > 0;
  if (rule.Expiration && !rule.Expiration.ExpiredObjectDeleteMarker && affectsBlobs && !isTagged)
    return [
      problem(
        `${name} deletes the files of repositories.`,
        `Delete the rule, or limit it to other prefixes than ${BLOBS}.`,
      ),
    ];
  const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (days !== undefined && days < MIN_UPLOAD_DAYS)
    return [
      warning(
        `${name} ends uploads that are still running after ${days} days.`,
        `Use ${MIN_UPLOAD_DAYS} days or more.`,
      ),
    ];
  return [];
}
