import { Injectable } from '@nestjs/common';
import type { SourceSecrets } from '../domain/source.js';
import { validateSetting } from '../fallback/sources/validate-setting.js';
import { DraftTokensService } from '../fallback/sources/draft-tokens.service.js';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import { ConnectionTester, type TestedSource } from '../fallback/upstream/connection-test.service.js';
import { SourceTokens } from '../fallback/upstream/source-tokens.js';
import type { SourceTestDto } from './dto/source-test.dto.js';

/** Runs connection tests of stored sources and of drafts. */
@Injectable()
export class SourceTestService {
  constructor(
    private readonly tester: ConnectionTester,
    private readonly sources: FallbackSourcesService,
    private readonly drafts: DraftTokensService,
    private readonly tokens: SourceTokens,
  ) {}

  /**
   * Tests a configured source.
   * @throws HubError `NotFound`
   */
  testStored(id: string): Promise<SourceTestDto> {
    const { source } = this.sources.get(id);
    return this.test(source, this.tokens.secretsOf(source));
  }

  /**
   * Tests a source that has not been saved.
   * @throws HubError `BadRequest`
   */
  testDraft(input: unknown): Promise<SourceTestDto> {
    const setting = validateSetting(input);
    const { url, source_type: type, timeout_seconds: timeoutSeconds } = setting;
    return this.test({ url, type, timeoutSeconds }, this.drafts.secretsFor(setting));
  }

  private async test(source: TestedSource, secrets: SourceSecrets): Promise<SourceTestDto> {
    const { latency, ...result } = await this.tester.test(source, secrets);
    return { ...result, latency_ms: latency };
  }
}
