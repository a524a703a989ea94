import { InvalidEnvironmentError } from '../../../src/platform/config/env.js';
import { DataDirInUseError } from '../../../src/platform/database/data-dir-in-use.js';
import { ServiceUnusableError } from '../../../src/platform/config/await-service.js';
import { describeBootError } from '../../../src/app/describe-boot-error.js';

const system = (code: string, facts: object = {}): Error => Object.assign(new Error('raw message'), { code, ...facts });

describe('describeBootError', () => {
  it.each<[unknown, RegExp]>([
    [new InvalidEnvironmentError(['PORT is "x": expected a number']), /^Invalid environment:\n {2}- PORT is "x": .*$/],
    [new DataDirInUseError('/data'), /^Another process is using the data directory \/data;[^\n]*$/],
    [system('EADDRINUSE', { port: 80 }), /^Port 80 is in use by another program;[^\n]*$/],
    [system('EACCES', { port: 80, syscall: 'listen' }), /^Listening on port 80 is not allowed;[^\n]*$/],
    [system('EADDRNOTAVAIL'), /^HOST is not an address[^\n]*$/],
    [new ServiceUnusableError('Redis rejects the password.'), /^Redis rejects the password\.$/],
    [
      system('EROFS', { path: '/data/secrets' }),
      /^The data directory cannot be used: EROFS at \/data\/secrets;[^\n]*$/,
    ],
  ])('describes %p in one sentence', (error, sentence) => {
    expect(describeBootError(error)).toMatch(sentence);
  });

  it('includes the stack of unexpected errors', () => {
    expect(describeBootError(new TypeError('a bug'))).toMatch(/^TypeError: a bug\n {4}at /);
  });
});
