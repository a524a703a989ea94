import { describeRedisRejection } from '../../../../src/platform/cluster/redis-problem.js';
import { describeS3Rejection } from '../../../../src/platform/storage/s3-startup-test.js';

const failed = (code: string, message: string): Error => Object.assign(new Error(message), { code });

it.each([
  ['in the code', failed('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ssl3_read_bytes')],
  ['in the code, for a missing client certificate', failed('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'read')],
  ['in the message', failed('EPROTO', 'write EPROTO 80:error:0A000410:SSL routines:sslv3 alert handshake failure')],
])('a TLS alert %s means that the server refuses the handshake', (_case, error) => {
  expect(describeRedisRejection(error)).toMatch(/^Redis cannot be used\. It refuses the TLS handshake\./);
  expect(describeS3Rejection(error)).toMatch(/^The S3 server cannot be used\. It refuses the TLS handshake\./);
});

it('a port without TLS is not taken for one that refuses the handshake', () => {
  for (const code of ['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO']) {
    const error = failed(code, 'wrong version number');
    expect(describeRedisRejection(error)).toMatch(/does not use TLS/);
    expect(describeS3Rejection(error)).toMatch(/does not use TLS/);
  }
});
