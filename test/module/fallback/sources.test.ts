import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { FallbackCacheService } from '../../../src/fallback/cache/fallback-cache.service.js';
import { FallbackSourcesService } from '../../../src/fallback/sources/fallback-sources.service.js';
import { FallbackSourcesStore } from '../../../src/fallback/sources/fallback-sources.store.js';
import { SecretKeys } from '../../../src/platform/identity/secret-keys.js';
import { TokenCipher } from '../../../src/fallback/sources/token-cipher.js';
import { HubError } from '../../../src/domain/hub-error.js';
import { checkSources } from '../../../src/domain/check-source.js';
import type { HubConfig } from '../../../src/platform/config/hub-config.js';
import { LocalClusterBus } from '../../../src/platform/cluster/local-cluster-bus.js';
import { SourceTokens } from '../../../src/fallback/upstream/source-tokens.js';
import type { KeptAnswers } from '../../../src/fallback/cache/kept-answers.service.js';
import type { OutboundDispatcher } from '../../../src/fallback/upstream/outbound-dispatcher.js';
import type { UpstreamClient } from '../../../src/fallback/upstream/upstream-client.js';
import { auditLogOf } from '../../support/audit-log.js';
import { describeOnEveryDatabase } from '../../support/databases.js';
import { openDatabase } from '../../support/test-database.js';
import { CLIENT_BUNDLE, TEST_CA } from '../../support/test-tls.js';

Logger.overrideLogger(false);

const hub = { name: 'Hub', url: 'https://hub.example', source_type: 'huggingface' };

const settingsOf = (list: unknown) => {
  const check = checkSources(list);
  if ('problems' in check) throw new Error(JSON.stringify(check.problems));
  return check.settings;
};

/** A cache that records the sources at the time of each clear(). */
class RecordingCache {
  readonly cleared: string[][] = [];
  currentSources = (): string[] => [];
  clear(): Promise<number> {
    this.cleared.push(this.currentSources());
    return Promise.resolve(0);
  }
}

interface Started {
  readonly service: FallbackSourcesService;
  readonly tokens: SourceTokens;
  readonly cache: RecordingCache;
  /** Keys of sources whose measurements were deleted. */
  readonly deletedMeasurements: string[];
}

/** A store whose first read after `hold` returns late. */
class SlowStore extends FallbackSourcesStore {
  private gate: Promise<void> | undefined;
  hold(): () => void {
    const { promise, resolve } = deferred();
    this.gate = promise;
    return resolve;
  }
  override async all(): ReturnType<FallbackSourcesStore['all']> {
    const { gate } = this;
    this.gate = undefined;
    const rows = await super.all();
    await gate;
    return rows;
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

async function start(
  database: DataSource,
  environment?: unknown,
  secretKey = 'the secret key',
  store = new FallbackSourcesStore(database, auditLogOf(database)),
  databaseUrl?: string,
): Promise<Started> {
  const config = { databaseUrl, fallback: { sources: environment && settingsOf(environment) } } as unknown as HubConfig;
  const tokens = new SourceTokens();
  const cache = new RecordingCache();
  const deletedMeasurements: string[] = [];
  const service = new FallbackSourcesService(
    config,
    store,
    new TokenCipher(new SecretKeys([secretKey])),
    tokens,
    cache as unknown as FallbackCacheService,
    {
      forget: (key: string) => deletedMeasurements.push(key),
      closeUnused: () => undefined,
    } as unknown as UpstreamClient,
    { setOffline: () => undefined } as unknown as OutboundDispatcher,
    { keepOnly: () => Promise.resolve() } as unknown as KeptAnswers,
    new LocalClusterBus(),
  );
  cache.currentSources = () => service.sources().map(({ name }) => name);
  await service.onModuleInit();
  return { service, tokens, cache, deletedMeasurements };
}

const names = ({ service }: Started): string[] => service.sources().map(({ name }) => name);

/** The error's code and the fields in it. */
const refusal = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) =>
      error instanceof HubError
        ? [error.code, ...(error.facts.fields ?? []).map(({ field }) => field)].join(' ')
        : error,
  );

describeOnEveryDatabase('FallbackSourcesService', (newDatabase) => {
  let database: DataSource;
  beforeAll(async () => {
    database = await openDatabase(newDatabase);
  });
  beforeEach(() => database.query('TRUNCATE fallback_sources, hub_settings RESTART IDENTITY'));

  describe('the first start', () => {
    it('creates huggingface.co once, also if it was deleted since', async () => {
      const first = await start(database);
      expect(first.service.list()).toMatchObject([
        { id: 1, origin: 'database', secretFields: [], source: { key: 'db:1', name: 'HuggingFace', priority: 1 } },
      ]);
      await first.service.delete(1);
      expect(names(await start(database))).toEqual([]);
    });

    it('creates it once if several replicas start at the same time', async () => {
      const replicas = await Promise.all([start(database), start(database), start(database)]);
      await Promise.all(replicas.map(({ service }) => service.onModuleInit()));
      expect(replicas.map(names)).toEqual([['HuggingFace'], ['HuggingFace'], ['HuggingFace']]);
    });

    it('creates nothing if the environment has a list, even an empty one', async () => {
      expect(names(await start(database, []))).toEqual([]);
    });

    it('creates nothing if an administrator has created and deleted a source', async () => {
      const { service } = await start(database, []);
      await service.delete((await service.create(hub)).id);
      expect(names(await start(database))).toEqual([]);
    });

    it('creates nothing on a database server, where administrators choose the sources', async () => {
      expect(names(await start(database, undefined, undefined, undefined, 'postgresql://server/hub'))).toEqual([]);
    });

    it('creates nothing if an administrator has replaced the sources by an empty list', async () => {
      await (await start(database, [])).service.bulkReplace([]);
      expect(names(await start(database))).toEqual([]);
    });
  });

  describe("the environment's sources", () => {
    const environment = [
      { ...hub, name: 'E1', token: 'env-token' },
      { ...hub, name: 'E2', priority: 5 },
    ];

    it('are in the chain with their tokens, before stored sources of the same priority', async () => {
      const started = await start(database, environment);
      await started.service.create({ ...hub, name: 'D' });
      expect(names(started)).toEqual(['E2', 'E1', 'D']);
      expect(started.service.get('env:1')).toMatchObject({
        id: 'env:1',
        origin: 'env',
        secretFields: ['token'],
        createdAt: null,
      });
      expect(started.tokens.get(started.service.get('env:1').source)).toBe('env-token');
      expect(started.tokens.get(started.service.get('env:2').source)).toBeUndefined();
    });

    it('are read-only, and their names are taken', async () => {
      const { service } = await start(database, environment);
      expect(await refusal(service.update('env:1', { enabled: false }))).toBe('Conflict');
      expect(await refusal(service.delete('env:2'))).toBe('Conflict');
      expect(await refusal(service.create({ ...hub, name: 'E1' }))).toBe('Conflict name');
      expect(await refusal(service.bulkReplace([{ ...hub, name: 'E1' }]))).toBe('Conflict name');
    });
  });

  describe('changes', () => {
    let started: Started;
    let service: FallbackSourcesService;
    beforeEach(async () => {
      started = await start(database, []);
      ({ service } = started);
    });

    it('take effect before the cache is cleared, and both happen before the method returns', async () => {
      const { id } = await service.create(hub);
      await service.update(id, { name: 'Renamed' });
      await service.reorder([Number(id)]);
      await service.bulkReplace([{ ...hub, name: 'Other' }]);
      await service.delete(service.list()[0]?.id ?? 0);
      expect(started.cache.cleared).toEqual([['Hub'], ['Renamed'], ['Renamed'], ['Other'], []]);
    });

    it('survive a restart', async () => {
      await service.create({
        ...hub,
        include: ['meta-llama/*', 'gpt2'],
        exclude: ['a-b'],
        priority: 7,
      });
      const restarted = await start(database, []);
      expect(restarted.service.sources()).toEqual(service.sources());
      expect(restarted.service.sources()[0]).toMatchObject({
        include: ['meta-llama/*', 'gpt2'],
        exclude: ['a-b'],
        priority: 7,
      });
    });

    it('keep omitted fields and can include the namespace', async () => {
      const { id } = await service.create({ ...hub, token: 'secret', priority: 7 });
      const changed = await service.update(id, { namespace: 'acme', enabled: false, name: undefined });
      expect(changed).toMatchObject({
        secretFields: ['token'],
        source: { name: 'Hub', priority: 7, namespace: 'acme', enabled: false },
      });
    });

    it('have the same result in memory as in the table if they are concurrent', async () => {
      await Promise.all(['A', 'B', 'C', 'D'].map((name) => service.create({ ...hub, name })));
      expect(names(started)).toEqual(['A', 'B', 'C', 'D']);
      expect(names(await start(database, []))).toEqual(['A', 'B', 'C', 'D']);
    });

    it('result in the newest state, even if an older read returns late', async () => {
      const store = new SlowStore(database, auditLogOf(database));
      const slow = await start(database, [], 'the secret key', store);
      const release = store.hold();
      const first = slow.service.create({ ...hub, name: 'A' });
      const second = slow.service.create({ ...hub, name: 'B' });
      await database.query('SELECT 1');
      release();
      await Promise.all([first, second]);
      expect(names(slow)).toEqual(['A', 'B']);
    });

    it('have no effect if they fail', async () => {
      const { id } = await service.create(hub);
      const before = service.sources();
      expect(await refusal(service.create({ ...hub, url: 'ftp://x' }))).toBe('BadRequest url');
      expect(await refusal(service.create(hub))).toBe('Conflict name');
      expect(await refusal(service.update(id, { priority: 0, colour: 'red' }))).toBe('BadRequest priority colour');
      expect(await refusal(service.update(99, {}))).toBe('NotFound');
      expect(await refusal(service.delete('x'))).toBe('NotFound');
      expect(await refusal(service.bulkReplace([hub, { ...hub, name: 'B', url: '' }]))).toBe(
        'BadRequest sources.1.url',
      );
      expect(service.sources()).toBe(before);
      expect(started.cache.cleared).toHaveLength(1);
    });

    it('delete the measurements of a source only if they include the URL', async () => {
      await service.create(hub);
      await service.create({ ...hub, name: 'B' });
      await service.update(1, { priority: 3 });
      expect(started.deletedMeasurements).toEqual([]);
      await service.update(1, { url: 'https://new.example' });
      await service.delete(2);
      expect(started.deletedMeasurements).toEqual(['db:1', 'db:2']);
    });

    it('allow one name in two namespaces', async () => {
      await service.create(hub);
      await service.create({ ...hub, namespace: 'Acme' });
      expect(await refusal(service.create({ ...hub, namespace: 'acme' }))).toBe('Conflict name');
      expect(service.list({ namespace: 'ACME' }).map(({ id }) => id)).toEqual([2]);
      expect(service.list({ namespace: '' }).map(({ id }) => id)).toEqual([1]);
    });

    it('are checked for conflicts with other replicas by the table itself', async () => {
      const other = await start(database, []);
      await other.service.create(hub);
      expect(await refusal(service.create(hub))).toBe('Conflict');
      await service.create({ ...hub, name: 'B' });
      expect(names(started)).toEqual(['Hub', 'B']);
    });

    it('reorder all stored sources or none', async () => {
      for (const name of ['A', 'B', 'C']) await service.create({ ...hub, name });
      expect((await service.reorder([3, 1, 2])).map(({ source }) => [source.name, source.priority])).toEqual([
        ['C', 1],
        ['A', 2],
        ['B', 3],
      ]);
      for (const ids of [[1, 2], [1, 2, 2], [1, 2, 4], [1, 2, 3, 3], []])
        expect(await refusal(service.reorder(ids))).toBe('BadRequest ids');
      expect(names(started)).toEqual(['C', 'A', 'B']);
    });

    it('can replace all sources, and keep tokens of the same name and host', async () => {
      for (const name of ['A', 'B', 'C', 'D']) await service.create({ ...hub, name, token: `token-${name}` });
      const replaced = await service.bulkReplace([
        { ...hub, name: 'A', url: 'https://hub.example/elsewhere' },
        { ...hub, name: 'B', token: null },
        { ...hub, name: 'C', url: 'https://evil.example' },
        { ...hub, name: 'E', token: 'token-E' },
      ]);
      const tokenOf = (name: string) => ({ name, namespace: '', fields: ['token'] });
      expect(replaced).toEqual({
        before: 4,
        after: 4,
        ignored: [],
        kept: [tokenOf('A')],
        dropped: ['B', 'C', 'D'].map(tokenOf),
      });
      const stored = service
        .list()
        .map(({ source, secretFields }) => [source.name, started.tokens.get(source), secretFields.includes('token')]);
      expect(stored).toEqual([
        ['A', 'token-A', true],
        ['B', undefined, false],
        ['C', undefined, false],
        ['E', 'token-E', true],
      ]);
      expect(await service.bulkReplace([])).toMatchObject({ before: 4, after: 0 });
    });
  });

  describe('other credentials', () => {
    const others = {
      basic_auth: 'u:hf_secret',
      headers: { 'X-Key': 'hf_secret' },
      client_certificate: CLIENT_BUNDLE,
    };

    it('are stored encrypted, and kept, changed and cleared one by one', async () => {
      const { service, tokens } = await start(database, []);
      const { id } = await service.create({ ...hub, ...others });
      const current = () => tokens.secretsOf(service.get(id).source);
      const { client_certificate, ...rest } = others;
      expect(current()).toEqual({ ...rest, client_certificate: client_certificate.trim() });
      expect(JSON.stringify(await database.query('SELECT * FROM fallback_sources'))).not.toMatch(/hf_secret|BEGIN/);
      await service.update(id, { client_certificate: null, headers: { 'X-Key': 'other' } });
      expect(current()).toEqual({ basic_auth: 'u:hf_secret', headers: { 'X-Key': 'other' } });
      expect(service.get(id)).toMatchObject({ secretFields: ['basic_auth', 'headers'] });
      await service.update(id, { basic_auth: null, headers: null });
      expect(service.get(id).source).toMatchObject({ hasCredentials: false });
    });

    it('must be entered again for another host, and exclude a token', async () => {
      const { service } = await start(database, []);
      const { id } = await service.create({ ...hub, ...others });
      await expect(service.update(id, { url: 'https://evil.example' })).rejects.toMatchObject({
        code: 'BadRequest',
        message: expect.stringContaining('user and password, request headers, client certificate again') as string,
      });
      await expect(service.update(id, { token: 'hf_x' })).rejects.toMatchObject({ code: 'BadRequest' });
      await service.update(id, { token: 'hf_x', basic_auth: null });
    });

    it('include only a client certificate with its own key', async () => {
      const { service } = await start(database, []);
      const client_certificate = TEST_CA + CLIENT_BUNDLE.slice(CLIENT_BUNDLE.indexOf('-----BEGIN EC'));
      await expect(service.create({ ...hub, client_certificate })).rejects.toMatchObject({
        facts: { detail: expect.stringContaining('does not belong to the certificate') as string },
      });
    });
  });

  describe('tokens', () => {
    it('are stored encrypted and can be set, changed and cleared', async () => {
      const { service, tokens } = await start(database, []);
      const { id, source } = await service.create({ ...hub, token: 'hf_secret' });
      expect(source.hasCredentials).toBe(true);
      expect(tokens.get(service.get(1).source)).toBe('hf_secret');
      expect(JSON.stringify(await database.query('SELECT * FROM fallback_sources'))).not.toContain('hf_secret');
      await service.update(id, { priority: 3 });
      expect(tokens.get(service.get(1).source)).toBe('hf_secret');
      await service.update(id, { token: 'hf_other' });
      expect(tokens.get(service.get(1).source)).toBe('hf_other');
      expect(await service.update(id, { token: null })).toMatchObject({
        secretFields: [],
        source: { hasCredentials: false },
      });
      expect(tokens.get(service.get(1).source)).toBeUndefined();
    });

    it('are not used for another host unless they are sent again', async () => {
      const { service, tokens } = await start(database, []);
      const { id } = await service.create({ ...hub, token: 'hf_secret' });
      expect(await refusal(service.update(id, { url: 'https://evil.example' }))).toBe('BadRequest token');
      await service.update(id, { url: 'https://hub.example/path' });
      expect(tokens.get(service.get(1).source)).toBe('hf_secret');
      await service.update(id, { url: 'https://new.example', token: 'for-new' });
      expect(tokens.get(service.get(1).source)).toBe('for-new');
      await service.update(id, { url: 'https://third.example', token: null });
      expect(tokens.get(service.get(1).source)).toBeUndefined();
    });

    it('are not used if they cannot be decrypted, and the source can still be changed', async () => {
      await (await start(database, [])).service.create({ ...hub, token: 'hf_secret' });
      const { service, tokens } = await start(database, [], 'another secret key');
      expect(service.get(1)).toMatchObject({
        secretFields: ['token'],
        source: { hasCredentials: true, isUnreadable: true },
      });
      expect(tokens.get(service.get(1).source)).toBeUndefined();
      await service.update(1, { priority: 3 });
      const before = await start(database, []);
      expect(before.tokens.get(before.service.get(1).source)).toBe('hf_secret');
      await service.update(1, { token: 'hf_new' });
      expect(service.get(1)).toMatchObject({ source: { hasCredentials: true, isUnreadable: false } });
    });
  });
});
