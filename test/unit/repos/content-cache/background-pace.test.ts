import { describe, expect, it } from '@jest/globals';
import type { HttpAdapterHost } from '@nestjs/core';
import { FastExpressAdapter } from '../../../../src/platform/http/fast-express.adapter.js';
import { BackgroundPace } from '../../../../src/repos/content-cache/background-pace.service.js';

const never = (): AbortSignal => new AbortController().signal;

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < 64; n++) yield new Uint8Array(65_536); // 4 MiB
}

/** Reads all pieces while a number of requests is in flight. Returns how often the pace waited. */
async function pausesWith(inFlight: number, isAwaited: boolean): Promise<number> {
  const adapter = Object.create(FastExpressAdapter.prototype, { inFlight: { value: inFlight } }) as FastExpressAdapter;
  const pace = new BackgroundPace({ httpAdapter: adapter } as unknown as HttpAdapterHost);
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 10);
  for await (const piece of pace.slowed(pieces(), () => isAwaited, never())) void piece;
  clearInterval(timer);
  return turns;
}

describe('a file that is cached in the background', () => {
  it.each([
    ['waits while people use the hub', 1, false, true],
    ['does not wait while there are no requests', 0, false, false],
    ['does not wait while a client reads the same file', 1, true, false],
  ])('%s', async (_, inFlight, isAwaited, waits) => {
    expect((await pausesWith(inFlight, isAwaited)) >= 7).toBe(waits);
  });
});
