import { expect, it } from '@jest/globals';
import { toHubError } from '../../../../src/platform/http/to-hub-error.js';

const coded = (code: string): Error => Object.assign(new Error('no space left on device, write'), { code });

it.each([
  ['the file system', coded('ENOSPC')],
  ['a quota', coded('EDQUOT')],
  ['PostgreSQL, as TypeORM wraps it', Object.assign(new Error('query failed'), { code: '53100' })],
  ['the cause of another error', new Error('upload failed', { cause: coded('ENOSPC') })],
])('insufficient storage in %s becomes StorageFull', (_case, error) => {
  expect(toHubError(error)).toMatchObject({ code: 'StorageFull', facts: { cause: error } });
});

it.each(['EROFS', 'EACCES', 'EIO', 'ENOTDIR'])('%s of a file becomes StorageUnavailable', (code) => {
  const error = Object.assign(coded(code), { syscall: 'open' });
  expect(toHubError(error)).toMatchObject({ code: 'StorageUnavailable', facts: { cause: error, retryAfter: 5 } });
});

it('an unexpected response of an S3 server becomes StorageUnavailable', () => {
  const error = Object.assign(new Error('InvalidArgument'), { $metadata: { httpStatusCode: 400 } });
  expect(toHubError(new Error('upload failed', { cause: error }))).toMatchObject({ code: 'StorageUnavailable' });
});

it.each([
  Object.assign(coded('EACCES'), { syscall: 'connect' }),
  Object.assign(coded('ENOENT'), { syscall: 'open' }),
  new Error('x'),
  'ENOSPC',
  undefined,
])('%s is not converted', (error) => {
  expect(toHubError(error)).toBeUndefined();
});
