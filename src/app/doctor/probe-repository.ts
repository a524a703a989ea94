import { randomBytes } from 'node:crypto';
import { callHub, readJson, type HubAddress, type LocalHub } from './local-hub.js';
import { removeOnInterrupt } from './remove-on-interrupt.js';

/** A branch whose name has a slash, which proxies must not decode in URLs. */
export const SLASH_BRANCH = 'doctor/branch';
export const PROBE_FILE = 'probe.txt';

/** A repository of an account that exists only for the examination. */
export class ProbeRepository {
  private constructor(
    private readonly hub: LocalHub,
    private readonly account: string,
    readonly token: string,
    private readonly keepOnInterrupt: () => void,
  ) {}

  /**
   * Creates an account, an access token and a private repository. They are deleted as well if the process is interrupted.
   * @throws Error with the hub's message
   */
  static async create(hub: LocalHub): Promise<ProbeRepository> {
    const [name, password] = [`doctor-${randomBytes(5).toString('hex')}`, randomBytes(24).toString('base64url')];
    const created = hub.asAdmin({
      method: 'POST',
      path: '/admin/api/accounts',
      body: { name, kind: 'user', password },
    });
    const keepOnInterrupt = removeOnInterrupt(async () => {
      await created;
      // again if a running request created the repository in between
      await removeAll(hub, name).catch(() => removeAll(hub, name));
    });
    try {
      await created;
    } catch (error) {
      keepOnInterrupt();
      throw error;
    }
    try {
      const probe = new ProbeRepository(hub, name, await createToken(hub, name, password), keepOnInterrupt);
      await probe.fill();
      return probe;
    } catch (error) {
      await removeAll(hub, name).catch(() => undefined);
      keepOnInterrupt();
      throw error;
    }
  }

  /** Such as `doctor-ab12/probe`. */
  get id(): string {
    return `${this.account}/probe`;
  }

  get authorization(): { readonly authorization: string } {
    return { authorization: `Bearer ${this.token}` };
  }

  /**
   * Commits a file through an address.
   * @returns the URL of the commit
   * @throws Error with the hub's message
   */
  async commit(address: HubAddress, text: string): Promise<string> {
    const lines = [
      { key: 'header', value: { summary: 'Examine the hub' } },
      { key: 'file', value: { path: PROBE_FILE, content: Buffer.from(text).toString('base64'), encoding: 'base64' } },
    ];
    const response = await callHub(address, {
      method: 'POST',
      path: `/api/models/${this.id}/commit/main`,
      headers: { ...this.authorization, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    return (await readJson<{ commitUrl: string }>(response)).commitUrl;
  }

  /** Deletes the repository and the account. */
  async remove(): Promise<void> {
    await removeAll(this.hub, this.account);
    this.keepOnInterrupt();
  }

  private async fill(): Promise<void> {
    const post = async (path: string, body: object): Promise<void> =>
      void (await readJson(await callHub(this.hub, { method: 'POST', path, headers: this.authorization, body })));
    await post('/api/repos/create', { type: 'model', name: 'probe', private: true });
    await this.commit(this.hub, PROBE_FILE);
    await post(`/api/models/${this.id}/branch/${encodeURIComponent(SLASH_BRANCH)}`, {});
  }
}

async function createToken(hub: LocalHub, username: string, password: string): Promise<string> {
  const signIn = await callHub(hub, { method: 'POST', path: '/api/auth/login', body: { username, password } });
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0]!)
    .join('; ');
  await readJson(signIn);
  const body = { name: 'doctor', role: 'write' };
  const created = await callHub(hub, { method: 'POST', path: '/api/auth/tokens/create', headers: { cookie }, body });
  return (await readJson<{ token: string }>(created)).token;
}

async function removeAll(hub: LocalHub, account: string): Promise<void> {
  await hub
    .asAdmin({ method: 'DELETE', path: `/admin/api/repositories/model/${account}/probe` })
    .catch(() => undefined);
  await hub.asAdmin({ method: 'DELETE', path: `/admin/api/accounts/${account}` });
}
