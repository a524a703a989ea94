import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { PROGRAM, RedisServer } from './redis-server.js';

/** Runs a suite with a Redis server, or skips it if Redis is not installed. */
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
    // Hooks run in this order: first the suite's, then this one.
    afterAll(() => server.kill());
  });
}
