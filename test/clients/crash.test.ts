import { createHash, randomBytes, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { ask, type Told } from '../support/ask.js';
import { commitBody, fileLine } from '../support/commit-body.js';
import { HubProcess } from '../support/hub-process.js';
import { openAccount } from '../support/open-account.js';

/** Each costs a start of the program, some seconds: `CRASH_KILLS=50` before a release. */
const KILLS = Number(process.env.CRASH_KILLS ?? 16);
/** They die side by side, since a start waits for the disk as well. */
const HUBS = 2;
const UPLOADERS = 4;
const REPO = '/api/models/alice/victim';

/** Something that was acknowledged, and must be there from then on. */
interface Acknowledged {
  readonly commit: string;
  readonly path: string;
  readonly sha256: string;
}

/** A way to put content into the repository. */
type Upload = (victim: Victim, name: string) => Promise<Acknowledged>;

/** A file inside the commit: what is short stays in memory on its way, what is long does not. */
const inCommit =
  (bytes: number): Upload =>
  async (victim, path) => {
    const content = randomBytes(bytes);
    const body = commitBody(path, fileLine(path, content), fileLine('last', path));
    const answer = await victim.post(`${REPO}/commit/main`, body);
    if (answer.status !== 200) throw new Error(`the hub answered ${answer.status}: ${answer.body.toString()}`);
    const { commitOid } = answer.json() as { commitOid: string };
    return { commit: commitOid, path, sha256: createHash('sha256').update(content).digest('hex') };
  };

const UPLOADS: readonly Upload[] = [inCommit(20), inCommit(5_000), inCommit(1_500_000)];

/** A hub that is killed in the middle of uploads, and started again on what is left of it. */
class Victim {
  readonly acknowledged: Acknowledged[] = [];
  private uploads = 0;
  private failure: unknown;

  private constructor(
    private hub: HubProcess,
    private readonly token: string,
  ) {}

  static async start(): Promise<Victim> {
    let token = '';
    const prepare = async (dataDir: string): Promise<void> => void (token = await openAccount(dataDir, 'alice'));
    const victim = new Victim(await HubProcess.start({ sources: [], prepare }), token);
    const made = await victim.post('/api/repos/create', '{"name":"victim","type":"model"}', 'application/json');
    expect(made.status).toBe(200);
    return victim;
  }

  post(path: string, body: string, type = 'application/x-ndjson'): Promise<Told> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': type };
    return ask(this.hub.url, path, { method: 'POST', body, headers });
  }

  async get<T>(path: string): Promise<T> {
    const answer = await ask(this.hub.url, path);
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    return answer.json() as T;
  }

  async sha256Of(path: string): Promise<string> {
    const { status, body } = await ask(this.hub.url, `/alice/victim/resolve/main/${path}`);
    return status === 200 ? createHash('sha256').update(body).digest('hex') : `status ${status}`;
  }

  /** Uploads until it is killed: some time after so many answers. */
  async liveAndDie(): Promise<void> {
    const enough = this.acknowledged.length + randomInt(1, 12);
    let dying: Promise<void> | undefined;
    const uploader = async (): Promise<void> => {
      while (!dying) {
        const upload = UPLOADS[randomInt(UPLOADS.length)]!;
        this.acknowledged.push(await upload(this, `file-${(this.uploads += 1)}`));
        if (this.acknowledged.length >= enough) dying ??= delay(randomInt(40)).then(() => this.hub.kill());
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: UPLOADERS }, uploader));
    await dying;
    // an upload that the hub answered with an error has failed; one that was cut off has not
    this.failure ??= ends.find((end) => end.status === 'rejected' && /the hub answered/.test(String(end.reason)));
    expect(this.failure).toBeUndefined();
  }

  async rise(): Promise<void> {
    this.hub = await HubProcess.start({ sources: [], dataDir: this.hub.dataDir });
  }

  close(): Promise<void> {
    return this.hub.close();
  }
}

interface Entry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
}

/** The whole listing: a page is longer than what a life can add. */
async function filesOf(victim: Victim, revision: string): Promise<Set<string>> {
  const paths = new Set<string>();
  const entries = await victim.get<Entry[]>(`${REPO}/tree/${revision}?recursive=true`);
  for (const { path } of entries) paths.add(path);
  return paths;
}

async function historyOf(victim: Victim): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 0; ; page += 1) {
    const entries = await victim.get<{ id: string }[]>(`${REPO}/commits/main?limit=100&p=${page}`);
    ids.push(...entries.map(({ id }) => id));
    if (entries.length < 100) return ids;
  }
}

/** Right after a start: everything that was acknowledged in the last life is in the branch. */
async function expectNothingLost(victim: Victim, since: number): Promise<void> {
  const files = await filesOf(victim, 'main');
  const history = new Set(await historyOf(victim));
  for (const { path, commit, sha256 } of victim.acknowledged.slice(since)) {
    expect({ path, isThere: files.has(path) && history.has(commit) }).toEqual({ path, isThere: true });
    expect({ path, sha256: await victim.sha256Of(path) }).toEqual({ path, sha256 });
  }
}

/** At the end: each commit is whole, and so is each file, those that were never acknowledged too. */
async function expectAllWhole(victim: Victim): Promise<void> {
  const history = (await historyOf(victim)).reverse();
  let before = 0;
  for (const [n, id] of history.entries()) {
    const files = await filesOf(victim, id);
    // each commit adds one file; the second one adds "last" as well
    expect({ id, files: files.size }).toEqual({ id, files: before + (n === 1 ? 2 : 1) });
    before = files.size;
  }
  for (const path of await filesOf(victim, 'main')) expect(await victim.sha256Of(path)).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(victim.acknowledged.map(({ commit }) => commit)).size).toBe(victim.acknowledged.length);
}

async function life(kills: number): Promise<number> {
  const victim = await Victim.start();
  try {
    for (let n = 0; n < kills; n += 1) {
      const since = victim.acknowledged.length;
      await victim.liveAndDie();
      await victim.rise();
      await expectNothingLost(victim, since);
    }
    await expectAllWhole(victim);
    return victim.acknowledged.length;
  } finally {
    await victim.close();
  }
}

it(`${KILLS} times kill -9 in the middle of uploads: whatever was acknowledged is there, and everything there is whole`, async () => {
  const acknowledged = await Promise.all(Array.from({ length: HUBS }, () => life(Math.ceil(KILLS / HUBS))));
  expect(Math.min(...acknowledged)).toBeGreaterThanOrEqual(Math.ceil(KILLS / HUBS));
}, 600_000);
