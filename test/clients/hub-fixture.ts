import { CLIENT_REPOS } from './client-repos.js';
import { FAILURES } from './source-failures.js';
import { registerUser } from '../support/register-user.js';
import { FakeHuggingFace } from '../support/fake-huggingface.js';
import { FakeUpstream, requestText, type RecordedRequest } from '../support/fake-upstream.js';
import { HubProcess, type EnvSource, type HubProcessOptions } from '../support/hub-process.js';

/** A hub of one or several processes. */
export interface ServedHub {
  readonly url: string;
  readonly adminToken: string;
  close(): Promise<void>;
}

/** A hub process, the fake huggingface.co as its source, and an access token. */
export class HubFixture {
  private constructor(
    readonly hub: ServedHub,
    readonly huggingFace: FakeHuggingFace,
    readonly failing: FakeUpstream,
    /** Access token of a local account. No source may ever receive it. */
    readonly token: string,
  ) {}

  /**
   * @param source - overrides settings of the source huggingface.co
   * @param launch - starts the hub
   */
  static async start(
    source: Partial<EnvSource> = {},
    env: Record<string, string> = {},
    launch: (options: HubProcessOptions) => Promise<ServedHub> = (options) => HubProcess.start(options),
  ): Promise<HubFixture> {
    const accounts = source.token
      ? [{ name: 'mirror', token: source.token, reads: ['far-ai/private', 'far-ai/gated'] }]
      : [];
    const huggingFace = await FakeHuggingFace.start({ repos: CLIENT_REPOS, pageSize: 7, accounts });
    const failing = await FakeUpstream.start((response, request) => {
      const name = /failing-([\w-]+)/.exec(request.url)?.[1];
      return FAILURES.find((failure) => failure.name === name)?.reply(response, request);
    });
    const main: EnvSource = {
      name: 'HuggingFace',
      url: huggingFace.url,
      source_type: 'huggingface',
      priority: 1,
      ...source,
    };
    const hub = await launch({
      sources: [{ ...main, exclude: ['failing-*/*'] }, ...FAILURES.map(({ name }) => failingSource(name, failing.url))],
      env,
    }).catch(async (error: unknown) => {
      await Promise.all([huggingFace.close(), failing.close()]);
      throw error;
    });
    const token = await registerUser(hub.url, 'client');
    return new HubFixture(hub, huggingFace, failing, token);
  }

  /** All requests to sources and their CDN, by the hub or by redirected clients. */
  get externalRequests(): readonly RecordedRequest[] {
    return [...this.huggingFace.requests, ...this.failing.requests];
  }

  /** External requests that contain the account's token; there must be none. */
  get leaks(): readonly string[] {
    return this.externalRequests.map(requestText).filter((text) => text.includes(this.token));
  }

  async close(): Promise<void> {
    await Promise.all([this.hub.close(), this.huggingFace.close(), this.failing.close()]);
  }
}

/** A separate source for each failure, so that an open circuit breaker does not affect the others. */
const failingSource = (name: string, url: string): EnvSource => ({
  name: `failing ${name}`,
  url,
  source_type: 'huggingface',
  namespace: `failing-${name}`,
});
