import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { Reply } from '../../../src/domain/upstream.js';
import { KeptAnswerStore } from '../../../src/fallback/cache/kept-answer.store.js';
import { KeptAnswers, type AnswerSlot } from '../../../src/fallback/cache/kept-answers.service.js';
import { SourceTokens } from '../../../src/fallback/upstream/source-tokens.js';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { buildHubConfig } from '../../support/build-hub-config.js';
import { buildSource } from '../../support/build-source.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';

const SOURCE = buildSource();
const slot = (name: string, repository = 'model:org/name'): AnswerSlot => ({ source: SOURCE, repository, name });
const replies = (json: unknown): readonly Reply[] => [{ kind: 'reply', status: 200, headers: { etag: '"a"' }, json }];

describeOnEveryDatabase('kept replies of two replicas', (newDatabase) => {
  let database: DataSource;
  let now: number;
  let tokens: SourceTokens;

  beforeAll(async () => void (database = await openDatabase(newDatabase)));
  beforeEach(async () => {
    await database.query('DELETE FROM kept_answers');
    now = 1_800_000_000_000;
    tokens = new SourceTokens();
  });

  const replica = (keptReplies = 1_000_000): KeptAnswers => {
    const config = buildHubConfig();
    const limits = { ...config.limits, keptReplies };
    const clock = (): Date => new Date(now);
    return new KeptAnswers(new KeptAnswerStore(database), tokens, new LocalClusterBus(), { ...config, limits }, clock);
  };

  it('has the replies of the other one, with their times', async () => {
    const [first, second] = [replica(), replica()];
    const json = { list: Array.from({ length: 1000 }, (_, n) => `file ${n}`) };
    await first.put(slot('tree'), { commit: 'c', replies: replies(json) });
    expect(await second.get(slot('tree'))).toEqual({ commit: 'c', replies: replies(json), checkedAt: now });
    expect(await second.get(slot('other'))).toBeUndefined();
  });

  it('checks a reply only once until it is confirmed, or the pause after a failure has ended', async () => {
    const [first, second] = [replica(), replica()];
    await first.put(slot('main'), { commit: 'c' });
    const answer = (await second.get(slot('main')))!;
    now += 60_000;
    expect(await second.claim(slot('main'), answer, 10_000)).toBe(true);
    expect(await first.claim(slot('main'), answer, 10_000)).toBe(false);
    await second.fail(slot('main'), 5_000);
    expect(await first.reload(slot('main'))).toMatchObject({ failedAt: now });
    expect(await first.claim(slot('main'), answer, 10_000)).toBe(false);
    now += 5_000;
    expect(await first.claim(slot('main'), answer, 10_000)).toBe(true);
    await first.confirm(slot('main'));
    expect(await second.claim(slot('main'), answer, 10_000)).toBe(false);
    expect(await second.reload(slot('main'))).toEqual({ commit: 'c', checkedAt: now });
  });

  it('lets only one of many claims succeed', async () => {
    const replicas = Array.from({ length: 5 }, () => replica());
    await replicas[0]!.put(slot('main'), { commit: 'c' });
    const answer = (await replicas[0]!.get(slot('main')))!;
    const claims = await Promise.all(replicas.map((kept) => kept.claim(slot('main'), answer, 10_000)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('removes replies of a repository, but not if a source has the same URL and credentials', async () => {
    const kept = replica();
    const renamed = { ...SOURCE, key: 'db:2', name: 'Imported' };
    await kept.put(slot('info'), { replies: replies(1) });
    await kept.put(slot('info', 'model:org/other'), { replies: replies(2) });
    await kept.removeAll({ repository: 'model:org/name', source: SOURCE });
    expect(await kept.get(slot('info'))).toBeUndefined();
    await kept.keepOnly([renamed]);
    expect(await kept.reload({ ...slot('info', 'model:org/other'), source: renamed })).toMatchObject({
      replies: replies(2),
    });
    tokens.replaceAll([[renamed.key, { url: renamed.url, secrets: { token: 'hf_new' } }]]);
    expect(await kept.get({ ...slot('info', 'model:org/other'), source: renamed })).toBeUndefined();
    await kept.keepOnly([]);
    expect(await kept.reload(slot('info', 'model:org/other'))).toBeUndefined();
  });

  it('removes the replies that were read least recently above the limit', async () => {
    const kept = replica(2_000);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      await kept.put(slot(name), { replies: replies(name) });
      now += 1000;
    }
    expect(await kept.reload(slot('a'))).toBeUndefined();
    expect(await kept.reload(slot('h'))).toMatchObject({ replies: replies('h') });
  });

  it('removes the replies about repositories with pinned files last', async () => {
    const id = randomUUID();
    await database.query(
      `INSERT INTO held_contents (id, source_key, etag, size, is_pinned) VALUES ($1, 'url:a', 'a', 1, true)`,
      [id],
    );
    await database.query(
      `INSERT INTO held_files (content_id, key, repo_type, repo, commit, revision, path)
       VALUES ($1, 'k', 'model', 'Org/Pinned', 'c', 'main', 'f')`,
      [id],
    );
    const kept = replica(2_000);
    await kept.put(slot('tree', 'model:org/pinned'), { replies: replies('tree') });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      now += 1000;
      await kept.put(slot(name), { replies: replies(name) });
    }
    expect(await kept.reload(slot('a'))).toBeUndefined();
    expect(await kept.reload(slot('tree', 'model:org/pinned'))).toMatchObject({ replies: replies('tree') });
    await database.query('DELETE FROM held_contents');
  });
});
