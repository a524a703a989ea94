import { EnvironmentFault } from '../../../src/platform/config/env.js';
import { DataDirInUse } from '../../../src/platform/database/data-dir-in-use.js';
import { bootFault } from '../../../src/app/boot-fault.js';

const system = (code: string, facts: object = {}): Error => Object.assign(new Error('raw words'), { code, ...facts });

describe('why the hub did not start', () => {
  it.each<[unknown, RegExp]>([
    [
      new EnvironmentFault(['PORT is "x": expected a number']),
      /^The environment is not right:\n {2}- PORT is "x": .*$/,
    ],
    [new DataDirInUse('/data'), /^Another process is using the data directory \/data;[^\n]*$/],
    [system('EADDRINUSE', { port: 80 }), /^Port 80 is in use by another program;[^\n]*$/],
    [system('EACCES', { port: 80, syscall: 'listen' }), /^Listening on port 80 is not allowed;[^\n]*$/],
    [system('EADDRNOTAVAIL'), /^HOST is not an address[^\n]*$/],
    [system('ECONNREFUSED'), /^The database [^\n]*refuses[^\n]*$/],
    [
      system('EROFS', { path: '/data/secrets' }),
      /^The data directory cannot be used: EROFS at \/data\/secrets;[^\n]*$/,
    ],
  ])('%p is one sentence', (error, sentence) => {
    expect(bootFault(error)).toMatch(sentence);
  });

  it('is told with its stack when only we can mend it', () => {
    expect(bootFault(new TypeError('a bug'))).toMatch(/^TypeError: a bug\n {4}at /);
  });
});
