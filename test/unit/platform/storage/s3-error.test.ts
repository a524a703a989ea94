import { expect, it } from '@jest/globals';
import { HubError } from '../../../../src/domain/hub-error.js';
import { isMissing, toS3Error } from '../../../../src/platform/storage/s3-error.js';

const answered = (httpStatusCode: number, name: string): Error =>
  Object.assign(new Error('UnknownError'), { name, $metadata: { httpStatusCode } });
const broken = (code: string): Error => Object.assign(new Error('broken'), { code });

it.each([
  ['keys that it does not know', answered(403, 'InvalidAccessKeyId')],
  ['a wrong secret', answered(403, 'SignatureDoesNotMatch')],
  ['a bucket that is not there', answered(404, 'NoSuchBucket')],
  ['too many requests', answered(503, 'SlowDown')],
  ['an error of its own', answered(500, 'InternalError')],
  ['a refused connection', broken('ECONNREFUSED')],
  ['a broken connection', broken('ECONNRESET')],
  ['a name that is not known', broken('ENOTFOUND')],
  ['silence', Object.assign(new Error('timed out'), { name: 'TimeoutError' })],
])('%s is a store that is not available, for now', (_case, error) => {
  expect(toS3Error(error)).toMatchObject({ code: 'StorageUnavailable', facts: { retryAfter: 5, cause: error } });
  expect(isMissing(error)).toBe(false);
});

it.each([answered(403, 'QuotaExceeded'), answered(507, 'XMinioStorageFull')])(
  '$name is a store that is full',
  (error) => {
    expect(toS3Error(error)).toMatchObject({ code: 'StorageFull' });
  },
);

it.each([
  answered(404, 'NoSuchKey'),
  answered(404, 'NotFound'),
  answered(400, 'EntityTooSmall'),
  new HubError('BadRequest', 'Too long'),
  new TypeError('not a digest'),
])('$name stays what it is', (error) => {
  expect(toS3Error(error)).toBe(error);
});

it.each(['NoSuchKey', 'NotFound', 'NoSuchUpload'])('%s is missing', (name) => {
  expect(isMissing(answered(404, name))).toBe(true);
});
