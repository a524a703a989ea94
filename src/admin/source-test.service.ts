import { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import { acceptSetting } from '../fallback/sources/accept-setting.js';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import { DraftTokensService } from '../fallback/sources/draft-tokens.service.js';
import type { Source } from '../domain/source.js';
import { encodePath, encodeQuery } from '../domain/encode-path.js';
import { viaEntry } from '../fallback/upstream/via.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { SourceTokens } from '../fallback/upstream/source-tokens.js';
import type { HarmlessQuestion } from '../fallback/strategies/source-strategy.js';
import { strategyFor } from '../fallback/strategies/strategies.js';
import { describeFinding, findToken, whatIsWrong, type TestAnswer } from '../fallback/upstream/describe-answer.js';
import type { SourceTestDto } from './dto/source-test.dto.js';

/** Asks a source now whether it is there, is a hub, and accepts its token. */
@Injectable()
export class SourceTestService {
  constructor(
    private readonly http: HttpService,
    private readonly sources: FallbackSourcesService,
    private readonly drafts: DraftTokensService,
    private readonly tokens: SourceTokens,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  /**
   * A source that the hub has.
   * @throws HubError NotFound
   */
  testStored(id: string): Promise<SourceTestDto> {
    const { source } = this.sources.get(id);
    return this.test(source, this.tokens.get(source));
  }

  /**
   * A source that is not stored.
   * @throws HubError BadRequest
   */
  testDraft(input: unknown): Promise<SourceTestDto> {
    const setting = acceptSetting(input);
    return this.test({ url: setting.url, type: setting.source_type }, this.drafts.tokenFor(setting));
  }

  /**
   * The token is tried on its own question: what everybody may ask is asked without it, so that a bad token does not hide that the
   * source is well.
   */
  private async test(source: Pick<Source, 'url' | 'type'>, token: string | undefined): Promise<SourceTestDto> {
    const { harmlessQuestions } = strategyFor(source.type);
    const started = performance.now();
    const reach = await this.ask(source, harmlessQuestions.reach, undefined);
    const latency = Math.round(performance.now() - started);
    const wrong = whatIsWrong(reach);
    const worthAsking = token !== undefined && reach.failure === undefined;
    const asked = worthAsking ? findToken(await this.ask(source, harmlessQuestions.token, token)) : 'unknown';
    const finding = token === undefined ? 'none' : asked;
    return {
      ok: wrong === undefined || finding === 'valid',
      status: reach.status ?? null,
      latency_ms: latency,
      token: finding,
      detail: describeFinding(wrong, finding),
    };
  }

  /** Never throws for what the far side does; a redirect is not followed, so the token stays with the source's origin. */
  private async ask(
    source: Pick<Source, 'url'>,
    question: HarmlessQuestion,
    token: string | undefined,
  ): Promise<TestAnswer> {
    const url = `${source.url}${encodePath(question.segments)}${encodeQuery(question.query)}`;
    const headers = {
      accept: 'application/json',
      'user-agent': `hubfall/${this.config.version}`,
      via: viaEntry(this.config.instanceId),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    try {
      const timeout = this.config.fallback.timeoutMs;
      const reply = await this.http.axiosRef.get<string>(url, { headers, timeout, responseType: 'text' });
      const location = withoutQuery(reply.headers.location as string | undefined, url);
      return { status: reply.status, body: String(reply.data), location };
    } catch (error) {
      const { code = '', message } = error as { code?: string; message: string };
      return { body: '', failure: { code, message } };
    }
  }
}

/** Where a redirect leads, as far as it may be shown: a query can hold a signature. */
function withoutQuery(location: string | undefined, base: string): string | undefined {
  if (location === undefined || !URL.canParse(location, base)) return undefined;
  const { origin, pathname } = new URL(location, base);
  return origin + pathname;
}
