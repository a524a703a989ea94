import { expect, it } from '@jest/globals';
import { toHubError } from '../../../../src/platform/http/to-hub-error.js';

const coded = (code: string): Error => Object.assign(new Error('no space left on device, write'), { code });

it.each([
  ['the file system', coded('ENOSPC')],
  ['a quota', coded('EDQUOT')],
  ['PostgreSQL, as TypeORM wraps it', Object.assign(new Error('query failed'), { code: '53100' })],
  ['another error behind which it stands', new Error('upload failed', { cause: coded('ENOSPC') })],
])('no room left in %s is 507 to the caller, whatever said so', (_case, error) => {
  expect(toHubError(error)).toMatchObject({ code: 'StorageFull', facts: { cause: error } });
});

it.each([coded('EACCES'), new Error('x'), 'ENOSPC', undefined])('%s stays unforeseen', (error) => {
  expect(toHubError(error)).toBeUndefined();
});
