import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { PROGRAM, RedisServer } from './redis-server.js';

/** Runs a suite with a real Redis of its own; where none is installed, it says so. */
export function describeWithRedis(name: string, suite: (redis: () => RedisServer) => void): void {
  describe(name, () => {
    if (spawnSync(PROGRAM, ['--version']).status !== 0) {
      it.skip(`skipped: no ${PROGRAM} is installed`, () => {});
      return;
    }
    let server: RedisServer;
    beforeAll(async () => {
      server = await RedisServer.start();
    });
    suite(() => server);
    // hooks run in the order they are written: the suite's own first
    afterAll(() => server.kill());
  });
}
