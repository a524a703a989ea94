import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hang, json, reset } from '../support/fake-replies.js';
import type { Responder } from '../support/fake-upstream.js';
import { HubProcess } from '../support/hub-process.js';
import { Traffic } from '../support/traffic.js';
import { HubFixture } from './hub-fixture.js';

const ENOUGH = 10;
/** Requests that a fault lasts: more than the circuit breaker's patience, also where each one takes the whole time-out. */
const LONG = 60;
const KNOWN_AS = 'far.test';
const limited = json(429, { error: 'slow down' }, { 'retry-after': '2' });

/** A source fails in every way while clients commit, read, and ask for what it has. The hub's own is not touched by it. */
describe('faults of a source', () => {
  let fixture: HubFixture;
  let folder: string;
  const isKnown = (known: boolean): Promise<void> =>
    writeFile(join(folder, 'hosts'), known ? `127.0.0.1 localhost ${KNOWN_AS}\n` : '127.0.0.1 localhost\n');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hubfall-hosts-'));
    await isKnown(true);
    const env = { KOHAKU_HUB_FALLBACK_TIMEOUT: '1', KOHAKU_HUB_FALLBACK_CACHE_TTL: '1' };
    fixture = await HubFixture.start({}, env, ({ sources: [main, ...others], ...options }) =>
      HubProcess.start({
        ...options,
        sources: [{ ...main!, url: main!.url.replace('127.0.0.1', KNOWN_AS) }, ...others],
        hosts: join(folder, 'hosts'),
      }),
    );
    const { upstream } = fixture.far;
    const { reply } = upstream;
    upstream.reply = (response, request) => reply(response.setHeader('connection', 'close'), request); // names are looked up each time
  }, 60_000);
  afterAll(async () => {
    await fixture?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const script = (reply?: Responder): void => {
    if (reply) fixture.far.scripts.set('far-ai/tiny', reply);
    else fixture.far.scripts.delete('far-ai/tiny');
  };

  interface Fault {
    readonly how: string;
    readonly begin: () => unknown;
    readonly end: () => unknown;
    /** What clients are told who ask for what the source has: first, or once it is known to be down. */
    readonly told: readonly number[];
  }

  const scripted = (how: string, reply: Responder, ...told: number[]): Fault => ({
    ...{ how, told },
    begin: () => script(reply),
    end: () => script(),
  });

  it.each<Fault>([
    scripted('hangs', hang(), 504, 503),
    scripted('resets its connections', reset(), 502, 503),
    scripted('answers 500', json(500, { error: 'oops' }), 502, 503),
    scripted('limits requests', limited, 429),
    { how: 'is no known name', begin: () => isKnown(false), end: () => isKnown(true), told: [502, 503] },
  ])(
    'it $how: that is told as it is, all else goes on, and it needs no hand when it is over',
    async (fault) => {
      const traffic = await Traffic.start(fixture.hub.url, fixture.token, 'client', fault.how.replaceAll(/\W+/g, '-'));
      await traffic.successes(ENOUGH);
      await fault.begin();
      await traffic.rounds(LONG);
      const { status, headers } = await fetch(`${fixture.hub.url}/api/models/far-ai/tiny`);
      await fault.end();
      await traffic.successes(ENOUGH);
      await traffic.stop();
      const { failures } = traffic;
      expect(fault.told).toContain(status);
      if (status !== 502 && status !== 504) expect(headers.get('retry-after')).toMatch(/^\d+$/);
      expect(Object.keys(failures).sort()).toEqual(fault.told.map((one) => `far ${one}`).sort());
      expect(await traffic.lost()).toEqual([]);
    },
    120_000,
  );
});
