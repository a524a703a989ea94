import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { CollectorService } from '../../src/repos/gc/collector.service.js';
import { HistoryPruner } from '../../src/repos/gc/history-pruner.service.js';
import type { LocalRepo } from '../../src/repos/store/local-repo.js';
import { CommitStore } from '../../src/repos/store/commit.store.js';
import { ObjectStore } from '../../src/repos/store/object.store.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { describeOnEveryDatabase } from '../support/databases.js';
import { GitFixture } from '../support/git-fixture.js';
import { sendRequest, type RequestOptions } from '../support/send-request.js';

const GROUPS = 70;
const FOLDERS_PER_GROUP = 100;
const FOLDERS = Array.from({ length: GROUPS * FOLDERS_PER_GROUP }, (_, n) => `${Math.floor(n / 100)}/${n}`);
const MAX_QUERIES = 20;
/** Several requests, or a transaction. */
const MAX_QUERIES_OF_CHANGES = 50;
const REPO = '/api/models/alice/big';

/** Queries of whole requests, including those of the caller and of the repository. */
describeOnEveryDatabase.inFullRuns('a repository with 7,000 folders', (newDatabase) => {
  let fixture: GitFixture;
  let repository: LocalRepo;
  let sha256: string;
  let queries = 0;
  /** The hub checks for due prefetch jobs every few seconds. */
  const isOfRequest = (query: string): boolean =>
    !/prefetch_jobs|webhook_deliveries|usage_days|audit_events|last_used_at = u/.test(query); // work in the background

  beforeAll(async () => {
    const { databaseUrl } = await newDatabase();
    const server = databaseUrl && {
      KOHAKU_HUB_DATABASE_URL: databaseUrl,
      KOHAKU_HUB_SECRET_KEY: 'the-key-of-this-test',
    };
    fixture = await GitFixture.start(server || {});
    repository = await fixture.createRepo('big');
    ({ sha256 } = await fixture.store.putLfsObject(repository, Readable.from([Buffer.from('weights')])));
    await commitModels(FOLDERS, 'model.bin');
    fixture.hub.app
      .get(DataSource)
      .subscribers.push({ afterQuery: ({ query }) => void (queries += isOfRequest(query) ? 1 : 0) });
  });
  afterAll(() => fixture.close());

  const commitModels = (folders: readonly string[], name: string): Promise<string> =>
    fixture.store.commit(repository, {
      branch: 'main',
      summary: `Add ${name}`,
      author: { name: 'alice' },
      // each folder has another file name, so that all trees differ
      operations: folders.map((folder, n) => ({ kind: 'lfsFile', path: `${folder}/${n}-${name}`, sha256 })),
    });

  const send = async (path: string, options: RequestOptions = {}): Promise<unknown> => {
    const response = await sendRequest(fixture.hub.url, path, { headers: fixture.alice.headers, ...options });
    expect(response.status).toBe(200);
    return response.json();
  };

  /** Runs the work with empty caches, as after a start. */
  async function expectFewQueries(work: () => Promise<unknown>, maxQueries = MAX_QUERIES): Promise<void> {
    for (const store of [
      fixture.hub.app.get(ObjectStore, { strict: false }),
      fixture.hub.app.get(CommitStore, { strict: false }),
    ])
      for (const cache of Object.values(store))
        if (cache instanceof Object && 'clear' in cache) (cache as Map<string, unknown>).clear();
    queries = 0;
    await work();
    expect(queries).toBeGreaterThan(0);
    expect(queries).toBeLessThanOrEqual(maxQueries);
  }

  it.each([
    ['info', ''],
    ['info with sizes', '?blobs=true'],
  ])('is read with few queries: %s', (_, query) =>
    expectFewQueries(async () => {
      const { siblings } = (await send(`${REPO}${query}`)) as { siblings: unknown[] };
      expect(siblings).toHaveLength(FOLDERS.length + 1);
    }),
  );

  it.each([
    ['recursive tree', '?recursive=true'],
    ['tree with last commits', '/69?recursive=true&expand=true'],
  ])('is read with few queries: %s', (_, rest) =>
    expectFewQueries(async () =>
      expect(((await send(`${REPO}/tree/main${rest}`)) as unknown[]).length).toBeGreaterThan(99),
    ),
  );

  it('is read with few queries: history', () => expectFewQueries(() => send(`${REPO}/commits/main`)));

  it('is read with few queries: paths-info', () =>
    expectFewQueries(async () => {
      const paths = FOLDERS.map((folder, n) => `${folder}/${n}-model.bin`).slice(0, 1000);
      expect(await send(`${REPO}/paths-info/main`, { method: 'POST', json: { paths } })).toHaveLength(paths.length);
    }));

  it('is cloned with few queries', () =>
    expectFewQueries(async () => {
      await fixture.clone('/alice/big', 'big', '--no-checkout');
      expect(await fixture.objects('big')).toBeGreaterThan(FOLDERS.length);
    }, MAX_QUERIES_OF_CHANGES));

  it('is written with few queries: preupload', () =>
    expectFewQueries(async () => {
      const files = FOLDERS.slice(0, 250).map((folder) => ({ path: `${folder}/new.bin`, size: 10, sample: '' }));
      await send(`${REPO}/preupload/main`, { method: 'POST', json: { files } });
    }));

  it('is written with few queries: a commit to every folder', () =>
    expectFewQueries(() => commitModels(FOLDERS, 'second.bin'), MAX_QUERIES_OF_CHANGES));

  it.each(['txt', 'bin'])('is written with few queries: small .%s files inside a commit', (extension) =>
    expectFewQueries(async () => {
      const lines = Array.from({ length: 1000 }, (_, n) => fileLine(`small/${n}.${extension}`, `content ${n}`));
      await send(`${REPO}/commit/main`, {
        method: 'POST',
        body: commitBody('Add small files', ...lines),
        headers: { ...fixture.alice.headers, 'content-type': 'application/x-ndjson' },
      });
    }, MAX_QUERIES_OF_CHANGES),
  );

  it('is written with few queries: squashing', () =>
    expectFewQueries(() => send(`${REPO}/super-squash/main`, { method: 'POST', json: {} }), MAX_QUERIES_OF_CHANGES));

  it('is collected with few queries', () =>
    expectFewQueries(() => fixture.hub.app.get(CollectorService, { strict: false }).collect([]), 30)); // also looks up the sizes of its 7,000 contents

  it('is pruned with queries that do not depend on the number of folders', () => {
    const inAMonth = new Date(Date.now() + 30 * 86_400_000);
    const pruner = fixture.hub.app.get(HistoryPruner, { strict: false });
    // a transaction for each 2,000 objects
    return expectFewQueries(async () => expect(await pruner.prune(inAMonth, () => false)).toBe(5), 120);
  });
});
