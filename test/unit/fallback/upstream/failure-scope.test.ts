import type { Outcome } from '../../../../src/domain/upstream.js';
import { describeError } from '../../../../src/fallback/upstream/exchange-errors.js';
import { failureScope } from '../../../../src/fallback/upstream/failure-scope.js';

const reply = (status: number): Outcome => ({ kind: 'reply', status, headers: {} });
const error = (code: string): Outcome => describeError(Object.assign(new Error('x'), { code }));

it.each([
  [200, undefined],
  [401, undefined],
  [404, undefined],
  [429, undefined],
  [500, 'path'],
  [501, 'path'],
  [502, 'path'],
  [503, 'path'],
  [504, 'path'],
] as const)('HTTP %d is a failure of: %s', (status, scope) => {
  expect(failureScope(reply(status))).toBe(scope);
});

it.each([
  ['ECONNREFUSED', 'source'],
  ['ENOTFOUND', 'source'],
  ['EHOSTUNREACH', 'source'],
  ['UND_ERR_CONNECT_TIMEOUT', 'source'],
  ['CERT_HAS_EXPIRED', 'source'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'source'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'source'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'source'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'source'],
  ['EPROTO', 'source'],
  ['ECONNRESET', 'path'],
  ['UND_ERR_SOCKET', 'path'],
  ['UND_ERR_HEADERS_TIMEOUT', 'path'],
  ['UND_ERR_BODY_TIMEOUT', 'path'],
  ['HPE_INVALID_CONSTANT', 'path'],
  ['EMFILE', undefined],
  ['ENFILE', undefined],
  ['EADDRNOTAVAIL', undefined],
  ['ADDRESS_REFUSED', undefined],
  ['UND_ERR_INVALID_ARG', undefined],
])('the error %s is a failure of: %s', (code, scope) => {
  expect(failureScope(error(code))).toBe(scope);
});
