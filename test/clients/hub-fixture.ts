import { CLIENT_REPOS } from './client-repos.js';
import { FAILURES } from './source-failures.js';
import { registerUser } from '../support/register-user.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { FakeUpstream, requestText, type RecordedRequest } from '../support/fake-upstream.js';
import { HubProcess, type EnvSource, type HubProcessOptions } from '../support/hub-process.js';

/** One hub as its clients see it, of one process or many. */
export interface ServedHub {
  readonly url: string;
  readonly adminToken: string;
  close(): Promise<void>;
}

/** Everything a client test needs: the hub process, the scripted hub behind it, and an account's token. */
export class HubFixture {
  private constructor(
    readonly hub: ServedHub,
    readonly far: FakeHuggingFace,
    readonly failing: FakeUpstream,
    /** Of an account of the hub; no source may ever see it. */
    readonly token: string,
  ) {}

  /**
   * @param source differences of the source that stands for huggingface.co
   * @param launch starts the hub
   */
  static async start(
    source: Partial<EnvSource> = {},
    env: Record<string, string> = {},
    launch: (options: HubProcessOptions) => Promise<ServedHub> = (options) => HubProcess.start(options),
  ): Promise<HubFixture> {
    const accounts = source.token
      ? [{ name: 'mirror', token: source.token, reads: ['far-ai/private', 'far-ai/gated'] }]
      : [];
    const far = await FakeHuggingFace.start({ repos: CLIENT_REPOS, pageSize: 7, accounts });
    const failing = await FakeUpstream.start((response, request) => {
      const name = /failing-([\w-]+)/.exec(request.url)?.[1];
      return FAILURES.find((failure) => failure.name === name)?.reply(response, request);
    });
    const main: EnvSource = { name: 'HuggingFace', url: far.url, source_type: 'huggingface', priority: 1, ...source };
    const hub = await launch({
      sources: [{ ...main, exclude: ['failing-*/*'] }, ...FAILURES.map(({ name }) => failingSource(name, failing.url))],
      env,
    }).catch(async (error: unknown) => {
      await Promise.all([far.close(), failing.close()]);
      throw error;
    });
    const token = await registerUser(hub.url, 'client');
    return new HubFixture(hub, far, failing, token);
  }

  /** Everything that left the hub, and what clients asked where the hub sent them. */
  get seenOutside(): readonly RecordedRequest[] {
    return [...this.far.requests, ...this.failing.requests];
  }

  /** Requests outside that hold the account's token anywhere; there must be none. */
  get leaks(): readonly string[] {
    return this.seenOutside.map(requestText).filter((text) => text.includes(this.token));
  }

  async close(): Promise<void> {
    await Promise.all([this.hub.close(), this.far.close(), this.failing.close()]);
  }
}

/** A source of its own for each failure: a breaker that one opens is not in the way of another. */
const failingSource = (name: string, url: string): EnvSource => ({
  name: `failing ${name}`,
  url,
  source_type: 'huggingface',
  namespace: `failing-${name}`,
});
