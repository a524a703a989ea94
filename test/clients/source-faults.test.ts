import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hang, json, reset } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';
import { Traffic } from '../support/traffic.js';
import { FULL_RUN } from '../support/full-run.js';
import { HubFixture } from './hub-fixture.js';

const ENOUGH = 10;
/** Requests during a fault: enough to open the circuit breaker, even if each one times out. */
const FAULT_REQUESTS = 60;
const SOURCE_HOST = 'far.test';
const limited = json(429, { error: 'slow down' }, { 'retry-after': '2' });

/** A source fails in various ways while clients read external and local repositories and commit. Local requests are not affected. */
describe('faults of a source', () => {
  let fixture: HubFixture;
  let folder: string;
  const setResolvable = (resolvable: boolean): Promise<void> =>
    writeFile(join(folder, 'hosts'), resolvable ? `127.0.0.1 localhost ${SOURCE_HOST}\n` : '127.0.0.1 localhost\n');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hubfall-hosts-'));
    await setResolvable(true);
    const env = { KOHAKU_HUB_FALLBACK_TIMEOUT: '1', KOHAKU_HUB_FALLBACK_CACHE_TTL: '1' };
    fixture = await HubFixture.start({}, env, ({ sources: [main, ...others], ...options }) =>
      HubProcess.start({
        ...options,
        sources: [{ ...main!, url: main!.url.replace('127.0.0.1', SOURCE_HOST) }, ...others],
        hosts: join(folder, 'hosts'),
      }),
    );
    const { upstream } = fixture.huggingFace;
    const { reply } = upstream;
    upstream.reply = (response, request) => reply(response.setHeader('connection', 'close'), request); // without keep-alive, so that each request resolves the host name
  }, 60_000);
  afterAll(async () => {
    await fixture?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const script = (reply?: Responder): void => {
    if (reply) fixture.huggingFace.scripts.set('far-ai/tiny', reply);
    else fixture.huggingFace.scripts.delete('far-ai/tiny');
  };

  interface Fault {
    readonly title: string;
    readonly begin: () => unknown;
    readonly end: () => unknown;
    /** Statuses of external requests: first, and once the breaker is open. Failures of one repository do not open it. */
    readonly statuses: readonly number[];
  }

  const scripted = (title: string, reply: Responder, ...statuses: number[]): Fault => ({
    title,
    statuses,
    begin: () => script(reply),
    end: () => script(),
  });

  // Resets and statuses differ from a hang only in what the e2e tests of sources test.
  const others = [
    scripted('resets the connections for one repository', reset(), 502),
    scripted('returns 500 for one repository', json(500, { error: 'oops' }), 502),
  ];
  it.each<Fault>([
    scripted('hangs for one repository', hang(), 504),
    ...(FULL_RUN ? others : []),
    scripted('returns 429', limited, 429),
    {
      title: 'cannot be resolved',
      begin: () => setResolvable(false),
      end: () => setResolvable(true),
      statuses: [502, 503],
    },
  ])(
    'the source $title: the status is reported, other requests succeed, and it recovers by itself',
    async (fault) => {
      const traffic = await Traffic.start(
        fixture.hub.url,
        fixture.token,
        { owner: 'client' },
        fault.title.replaceAll(/\W+/g, '-'),
      );
      await traffic.waitForSuccesses(ENOUGH);
      await fault.begin();
      await traffic.waitForRequests(FAULT_REQUESTS);
      const { status, headers } = await fetch(`${fixture.hub.url}/api/models/far-ai/tiny`);
      await fault.end();
      await traffic.waitForSuccesses(ENOUGH);
      await traffic.stop();
      const { failures } = traffic;
      expect(fault.statuses).toContain(status);
      if (status !== 502 && status !== 504) expect(headers.get('retry-after')).toMatch(/^\d+$/);
      expect(Object.keys(failures).sort()).toEqual(fault.statuses.map((code) => `external ${code}`).sort());
      expect(await traffic.lost()).toEqual([]);
    },
    120_000,
  );
});
