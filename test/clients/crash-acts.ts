import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { commitBody, fileLine } from '../support/commit-body.js';
import { HubProcess } from '../support/hub-process.js';
import { PASSWORD, registerUser } from '../support/register-user.js';
import { sendRequest, type RequestOptions } from '../support/send-request.js';

const WORKERS = 4;
const MEMBERS = ['mel', 'ren', 'sam', 'wen'] as const;
/** The kinds of acts. */
export const KINDS = ['branch', 'commit', 'create', 'delete', 'member', 'remove', 'settings', 'token'] as const;
type Kind = (typeof KINDS)[number];
const ORGANIZATION = '/api/organizations/acme';

/** A hub that is killed while users create, change and delete repositories, members and access tokens. */
export class ActingHub {
  /** Acknowledged acts by kind. */
  readonly acknowledged: Partial<Record<Kind, number>> = {};
  private rounds = 0;
  private cookie = '';

  private constructor(
    private hub: HubProcess,
    private readonly env: Readonly<Record<string, string>>,
    private readonly token: string,
  ) {}

  /** @param webhook - URL of the receiver of notifications */
  static async start(env: Readonly<Record<string, string>>, webhook: string): Promise<ActingHub> {
    const hub = await HubProcess.start({ sources: [], env });
    const acting = new ActingHub(hub, env, await registerUser(hub.url, 'alice'));
    for (const name of MEMBERS) await registerUser(hub.url, name);
    const watched = [{ type: 'user', name: 'alice' }];
    await acting.require('/api/settings/webhooks', { method: 'POST', json: { url: webhook, watched } });
    await acting.require('/api/organizations/create', { method: 'POST', json: { name: 'acme' } });
    await acting.signIn();
    return acting;
  }

  /** Acts until the hub is killed, after a random number of acts; the first time not before each kind of act has succeeded once. */
  async actUntilKilled(): Promise<void> {
    this.rounds += 1;
    let acts = 0;
    const enough = randomInt(4, 40);
    const triedAll = (): boolean => KINDS.every((kind) => this.acknowledged[kind] !== undefined);
    let dying: Promise<void> | undefined;
    const work = async (worker: number): Promise<void> => {
      for (let n = 0; !dying; n += 1)
        for (const [kind, options] of this.actsOf(worker, n)) {
          if (dying) return;
          await this.act(kind, ...options);
          if (++acts >= enough && triedAll()) dying ??= delay(randomInt(30)).then(() => this.hub.kill());
        }
    };
    const ends = await Promise.allSettled(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
    await dying;
    // The kill interrupts requests; a refusal is an error of the test.
    const refused = ends.find((end) => end.status === 'rejected' && String(end.reason).includes('the hub answered'));
    if (refused) throw (refused as PromiseRejectedResult).reason;
  }

  async restart(): Promise<void> {
    this.hub = await HubProcess.start({ sources: [], env: this.env, dataDir: this.hub.dataDir });
    await this.signIn();
  }

  close(): Promise<void> {
    return this.hub.close();
  }

  private async signIn(): Promise<void> {
    const json = { username: 'alice', password: PASSWORD };
    const { headers } = await sendRequest(this.hub.url, '/api/auth/login', { method: 'POST', json });
    this.cookie = headers['set-cookie']!.split(';')[0]!;
  }

  /** One of each kind. Names are never used twice, because the outcome of an interrupted act is not known. */
  private actsOf(worker: number, n: number): readonly (readonly [Kind, readonly [string, RequestOptions]])[] {
    const name = `repo-${this.rounds}-${worker}-${n}`;
    const repo = `/api/models/alice/${name}`;
    const member = `${ORGANIZATION}/members/${MEMBERS[worker]}`;
    const body = commitBody('Add a file', fileLine('a.txt', `${this.rounds} ${worker} ${n}`));
    const headers = { 'content-type': 'application/x-ndjson' };
    const ref = { method: 'POST', json: {} } as const;
    return [
      ['create', ['/api/repos/create', { method: 'POST', json: { type: 'model', name } }]],
      ['commit', [`${repo}/commit/main`, { method: 'POST', body, headers }]],
      ['settings', [`${repo}/settings`, { method: 'PUT', json: { private: true } }]],
      ['branch', [`${repo}/branch/b`, ref]],
      ['member', [member, { method: 'PUT', json: { role: n % 2 === 0 ? 'write' : 'read' } }]],
      ['token', ['/api/auth/tokens/create', { method: 'POST', json: { name }, headers: { cookie: this.cookie } }]],
      ...((n + worker) % 2 === 0
        ? []
        : ([
            ['remove', [member, { method: 'DELETE' }]],
            ['delete', ['/api/repos/delete', { method: 'DELETE', json: { type: 'model', name } }]],
          ] as const)),
    ];
  }

  private async act(kind: Kind, path: string, options: RequestOptions): Promise<void> {
    await this.require(path, options);
    this.acknowledged[kind] = (this.acknowledged[kind] ?? 0) + 1;
  }

  private async require(path: string, { headers = {}, ...options }: RequestOptions): Promise<void> {
    const credentials: Record<string, string> = 'cookie' in headers ? {} : { authorization: `Bearer ${this.token}` };
    const { status, body } = await sendRequest(this.hub.url, path, {
      ...options,
      headers: { ...headers, ...credentials },
    });
    if (status >= 300) throw new Error(`${path}: the hub answered ${status} ${body.toString()}`);
  }
}
