import type { SourceSetting } from '../../src/domain/source.js';
import { sendRequest, type RequestOptions, type HttpResponse } from './send-request.js';
import { FakeUpstream, type Responder } from './fake-upstream.js';
import { startHub, type RunningHub } from './hub-app.js';

type SourceFacts = Partial<SourceSetting> & { readonly host?: string };

/** A hub with fake sources, named A, B, C in the order of their priority. */
export interface HubWithSources {
  readonly hub: RunningHub;
  readonly sources: readonly FakeUpstream[];
  sendRequest(path: string, options?: RequestOptions): Promise<HttpResponse>;
  close(): Promise<void>;
}

/**
 * @param replies - the responder of each source
 * @param options.facts - overrides settings of each source
 */
export async function startHubWithSources(
  replies: readonly Responder[],
  { facts = [], env = {} }: { facts?: readonly SourceFacts[]; env?: Readonly<Record<string, string>> } = {},
): Promise<HubWithSources> {
  const sources = await Promise.all(replies.map((reply, n) => FakeUpstream.start(reply, facts[n]?.host)));
  const settings = sources.map(({ url }, n) => {
    const { host: _host, ...fact } = facts[n] ?? {};
    return { name: 'ABCDE'[n], url, source_type: 'huggingface', priority: n + 1, ...fact };
  });
  const hub = await startHub({ env: { KOHAKU_HUB_FALLBACK_SOURCES: JSON.stringify(settings), ...env } });
  return {
    hub,
    sources,
    sendRequest: (path, options) => sendRequest(hub.url, path, options),
    close: async () => {
      await hub.close();
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

/** Returns `startHubWithSources` for single tests: closes the hubs and sources after each test. */
export function useHubWithSources(): typeof startHubWithSources {
  const open: HubWithSources[] = [];
  afterEach(() => Promise.all(open.splice(0).map((fixture) => fixture.close())));
  return async (...options) => {
    const fixture = await startHubWithSources(...options);
    open.push(fixture);
    return fixture;
  };
}
