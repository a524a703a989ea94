import { expect, it } from '@jest/globals';
import { HubError } from '../../../../src/domain/hub-error.js';
import { isMissing, toS3Error } from '../../../../src/platform/storage/s3-error.js';

const s3Error = (httpStatusCode: number, name: string): Error =>
  Object.assign(new Error('UnknownError'), { name, $metadata: { httpStatusCode } });
const networkError = (code: string): Error => Object.assign(new Error('broken'), { code });

it.each([
  ['an unknown access key', s3Error(403, 'InvalidAccessKeyId')],
  ['an incorrect secret key', s3Error(403, 'SignatureDoesNotMatch')],
  ['a missing bucket', s3Error(404, 'NoSuchBucket')],
  ['too many requests', s3Error(503, 'SlowDown')],
  ['an internal error', s3Error(500, 'InternalError')],
  ['a refused connection', networkError('ECONNREFUSED')],
  ['a reset connection', networkError('ECONNRESET')],
  ['an unknown host name', networkError('ENOTFOUND')],
  ['a timeout', Object.assign(new Error('timed out'), { name: 'TimeoutError' })],
])('%s becomes StorageUnavailable with Retry-After', (_case, error) => {
  expect(toS3Error(error)).toMatchObject({ code: 'StorageUnavailable', facts: { retryAfter: 5, cause: error } });
  expect(isMissing(error)).toBe(false);
});

it.each([s3Error(403, 'QuotaExceeded'), s3Error(507, 'XMinioStorageFull')])('$name becomes StorageFull', (error) => {
  expect(toS3Error(error)).toMatchObject({ code: 'StorageFull' });
});

it.each([
  s3Error(404, 'NoSuchKey'),
  s3Error(404, 'NotFound'),
  s3Error(400, 'EntityTooSmall'),
  new HubError('BadRequest', 'Too long'),
  new TypeError('not a digest'),
])('$name is returned unchanged', (error) => {
  expect(toS3Error(error)).toBe(error);
});

it.each(['NoSuchKey', 'NotFound', 'NoSuchUpload'])('isMissing is true for %s', (name) => {
  expect(isMissing(s3Error(404, name))).toBe(true);
});
