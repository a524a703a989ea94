import { adminClient } from '../support/admin-client.js';
import { ask } from '../support/ask.js';
import { startHub, type RunningHub } from '../support/hub-app.js';

let hubs: readonly RunningHub[];
beforeAll(async () => {
  hubs = await Promise.all([startHub(), startHub(), startHub()]);
});
afterAll(() => Promise.all(hubs.map((hub) => hub.close())));

/** Makes the hubs with these numbers each other's sources, in a ring. */
async function ring(type: string, ...members: readonly number[]): Promise<void> {
  for (const [n, member] of members.entries()) {
    const next = hubs[members[(n + 1) % members.length]!]!;
    const sources = [{ name: 'next', url: next.url, source_type: type, priority: 1 }];
    await adminClient(hubs[member]!)('PUT', '/fallback/sources-bulk-replace', { sources });
  }
}

/** How often each hub has asked its source. */
const questions = (): Promise<number[]> =>
  Promise.all(
    hubs.map(async (hub) => {
      const { body } = await adminClient(hub)('GET', '/fallback-sources/health');
      return (body as { requests: number }[]).reduce((sum, { requests }) => sum + requests, 0);
    }),
  );

describe('hubs that list each other', () => {
  it.each([
    ['huggingface', [0], [1, 0, 0]],
    ['huggingface', [0, 1], [1, 1, 0]],
    ['huggingface', [0, 1, 2], [1, 1, 1]],
    ['kohakuhub', [0], [1, 0, 0]],
    ['kohakuhub', [0, 1, 2], [1, 0, 0]],
  ])(
    'as %s sources, in a ring of %j: one question, a bounded number of hops, one clean answer',
    async (type, members, asked) => {
      await ring(type, ...members);
      const before = await questions();
      const repo = `o/loop-${type}-${members.length}`;
      const told = await ask(hubs[0]!.url, `/api/models/${repo}`);
      expect({ status: told.status, code: told.headers['x-error-code'] }).toEqual({
        status: 404,
        code: 'RepoNotFound',
      });
      const made = (await questions()).map((count, n) => count - before[n]!);
      expect(made).toEqual(asked);
      // Nothing runs on after the answer: another question finds the counts as they were.
      await ask(hubs[0]!.url, '/api/version');
      expect((await questions()).map((count, n) => count - before[n]!)).toEqual(asked);
    },
  );

  it.each([
    ['huggingface', 'profile', [3, 3, 3], 404],
    ['huggingface', 'avatar', [3, 3, 3], 404],
    ['kohakuhub', 'profile', [2, 0, 0], 404],
    ['kohakuhub', 'repos', [3, 0, 0], 404],
  ])('as %s sources, asked for the %s of nobody: as bounded, and a clean answer', async (type, what, most, status) => {
    await ring(type, 0, 1, 2);
    const before = await questions();
    const told = await ask(hubs[0]!.url, `/api/users/loop-${type}-${what}/${what}`);
    expect([told.status, told.json()]).toEqual([status, { error: 'This user does not exist' }]);
    const made = (await questions()).map((count, n) => count - before[n]!);
    expect(made).toEqual(most);
  });

  it('asked for all that nobody has: as bounded', async () => {
    await ring('huggingface', 0, 1, 2);
    const before = await questions();
    expect((await ask(hubs[0]!.url, '/api/users/loop-repos/repos')).status).toBe(404);
    const made = (await questions()).map((count, n) => count - before[n]!);
    expect(made.every((count) => count > 0 && count <= 12)).toBe(true);
  });
});
