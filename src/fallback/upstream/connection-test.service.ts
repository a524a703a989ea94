import { parseUrl } from '../../domain/parse-url.js';
import { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import { encodePath, encodeQuery } from '../../domain/encode-path.js';
import type { Source, SourceSecrets } from '../../domain/source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { INSTANCE_ID } from '../../platform/identity/instance-id.js';
import type { TestRequest } from '../strategies/source-strategy.js';
import { strategyFor } from '../strategies/strategies.js';
import {
  connectionProblem,
  describeConnection,
  tokenFinding,
  type TestReply,
  type TokenFinding,
} from './connection-report.js';
import { authorizationOf, furtherHeaders } from './source-credentials.js';
import { timeoutMsOf } from './source-timeout.js';
import type { RequestConfig } from './undici-adapter.js';
import { viaEntry } from './via.js';

/** The result of a connection test. */
export interface ConnectionTest {
  /** Whether the hub can use the source. */
  readonly ok: boolean;
  /** HTTP status of the reply; `null` without a reply. */
  readonly status: number | null;
  /** Milliseconds. */
  readonly latency: number;
  readonly token: TokenFinding;
  /** Whole sentences for the administrator. */
  readonly detail: string;
  /** The clocks of the source and of this machine when it replied, in milliseconds since 1970. */
  readonly serverTime?: { readonly theirs: number; readonly ours: number };
}

/** The part of a source that a connection test needs. */
export type TestedSource = Pick<Source, 'url' | 'type' | 'timeoutSeconds'>;

/** The other credentials are necessary to reach the source. */
const withoutToken = ({ token: _token, ...others }: SourceSecrets): SourceSecrets => others;

/** Checks whether a source can be reached, has a hub's API and accepts its token. It uses no breaker and records no health. */
@Injectable()
export class ConnectionTester {
  constructor(
    private readonly http: HttpService,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(INSTANCE_ID) private readonly instanceId: string,
  ) {}

  /** The token is checked with a separate request, so that a rejected token does not hide that the source works. */
  async test(source: TestedSource, secrets: SourceSecrets): Promise<ConnectionTest> {
    const { connectionTest } = strategyFor(source.type);
    const [started, startedAt] = [performance.now(), Date.now()];
    const reach = await this.send(source, connectionTest.reach, withoutToken(secrets));
    const latency = Math.round(performance.now() - started);
    const problem = connectionProblem(reach);
    const finding = await this.checkToken(source, reach, secrets);
    return {
      ok: problem === undefined || finding === 'valid',
      status: reach.status ?? null,
      latency,
      token: finding,
      detail: describeConnection(problem, finding),
      serverTime: serverTimeOf(reach, startedAt + latency / 2),
    };
  }

  private async checkToken(source: TestedSource, reach: TestReply, secrets: SourceSecrets): Promise<TokenFinding> {
    if (secrets.token === undefined) return 'none';
    if (reach.failure !== undefined) return 'unknown';
    return tokenFinding(await this.send(source, strategyFor(source.type).connectionTest.token, secrets));
  }

  /** Never throws for a failure of the source. Redirects are not followed, so that the token is sent to the source's origin only. */
  private async send(
    source: TestedSource,
    { segments, query }: TestRequest,
    secrets: SourceSecrets,
  ): Promise<TestReply> {
    const url = `${source.url}${encodePath(segments)}${encodeQuery(query)}`;
    const authorization = authorizationOf(secrets);
    const headers = {
      ...furtherHeaders(secrets),
      accept: 'application/json',
      'user-agent': `hubfall/${this.config.version}`,
      via: viaEntry(this.instanceId),
      ...(authorization === undefined ? {} : { authorization }),
    };
    try {
      const reply = await this.http.axiosRef.get<string>(url, {
        headers,
        timeout: timeoutMsOf(source, this.config),
        responseType: 'text',
        clientCertificate: secrets.client_certificate,
      } as RequestConfig);
      const location = withoutQuery(reply.headers.location as string | undefined, url);
      return {
        status: reply.status,
        body: String(reply.data),
        location,
        date: reply.headers.date as string | undefined,
      };
    } catch (error) {
      const { code = '', message } = error as { code?: string; message: string };
      return { body: '', failure: { code, message } };
    }
  }
}

function serverTimeOf({ date = '' }: TestReply, ours: number): ConnectionTest['serverTime'] {
  const theirs = Date.parse(date);
  return Number.isNaN(theirs) ? undefined : { theirs, ours };
}

/** The target of a redirect without its query, which can hold a signature. */
function withoutQuery(location: string | undefined, base: string): string | undefined {
  const target = location === undefined ? undefined : parseUrl(location, base);
  return target && target.origin + target.pathname;
}
