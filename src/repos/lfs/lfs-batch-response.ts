import { ConcurrencyLimiter } from '../../platform/async/concurrency-limiter.js';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import type { LfsBatchResponse, LfsObject, LfsObjectResponse } from '../store/wire/lfs.js';

const MAX_CONCURRENT_OBJECTS = 16;

/** Objects are processed concurrently, since each direct upload needs a request to the object store. */
export async function batchResponse(
  transfer: LfsBatchResponse['transfer'],
  objects: readonly (LfsObject | LfsObjectResponse)[],
  answer: (object: LfsObject) => LfsObjectResponse | Promise<LfsObjectResponse>,
): Promise<LfsBatchResponse> {
  const answers: LfsObjectResponse[] = [];
  const limiter = new ConcurrencyLimiter(MAX_CONCURRENT_OBJECTS);
  const turns = new EventLoopTurns();
  try {
    for (const [index, object] of objects.entries()) {
      await turns.next(); // links are signed, which takes a while for a thousand of them
      await limiter.start(async () => void (answers[index] = 'error' in object ? object : await answer(object)));
    }
    await limiter.drain();
  } finally {
    await limiter.settle();
  }
  const isMultipart = answers.some(({ actions }) => actions?.upload?.header !== undefined);
  return { transfer: isMultipart || transfer === 'xet' ? transfer : 'basic', objects: answers, hash_algo: 'sha256' };
}
