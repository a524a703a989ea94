import { Injectable } from '@nestjs/common';
import { validateSetting } from '../fallback/sources/validate-setting.js';
import type { OpenedSecrets } from '../fallback/sources/sealed-secrets.js';
import { DraftTokensService } from '../fallback/sources/draft-tokens.service.js';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import { describeHolds } from '../fallback/upstream/connection-report.js';
import {
  ConnectionTester,
  type ConnectionTest,
  type TestedSource,
} from '../fallback/upstream/connection-test.service.js';
import type { Hold } from '../fallback/upstream/rate-limits.js';
import { TokenChecks } from '../fallback/sources/token-checks.service.js';
import { SourceTokens } from '../fallback/upstream/source-tokens.js';
import { SharedRateLimits } from '../fallback/upstream/shared-rate-limits.service.js';
import { UpstreamClient } from '../fallback/upstream/upstream-client.js';
import { toHoldDto } from './dto/source-health.dto.js';
import type { SourceTestDto } from './dto/source-test.dto.js';

/** Without the credentials, the reply would not be that to the hub's requests. */
const NOT_SENT: ConnectionTest = {
  ok: false,
  status: null,
  latency: 0,
  token: 'unreadable',
  detail:
    'No request was sent, because the stored credentials of this source cannot be decrypted. Enter them again, or add the key that encrypted them to KOHAKU_HUB_SECRET_KEY.',
};

const NOT_TESTED: SourceTestDto = {
  ok: false,
  status: null,
  latency_ms: 0,
  token: 'unknown',
  holds: [],
  detail:
    'No request was sent, because this source or the whole hub is offline. Turn off “Offline” to test the connection.',
};

/** Runs connection tests of stored sources and of drafts. */
@Injectable()
export class SourceTestService {
  constructor(
    private readonly tester: ConnectionTester,
    private readonly sources: FallbackSourcesService,
    private readonly drafts: DraftTokensService,
    private readonly tokens: SourceTokens,
    private readonly limits: SharedRateLimits,
    private readonly checks: TokenChecks,
    private readonly upstream: UpstreamClient,
  ) {}

  /**
   * Tests a configured source.
   * @throws HubError `NotFound`
   */
  async testStored(id: string): Promise<SourceTestDto> {
    const { source } = this.sources.get(id);
    if (source.offline || this.sources.isOffline) return Promise.resolve(NOT_TESTED);
    const opened = { secrets: this.tokens.secretsOf(source), isComplete: !source.isUnreadable };
    const result = await this.test(source, opened, () => this.limits.of(source.key).activeHolds());
    if (result.token === 'valid' || result.token === 'rejected') await this.checks.record(source, result.token);
    return result;
  }

  /**
   * Tests a source that has not been saved.
   * @throws HubError `BadRequest`
   */
  async testDraft(input: unknown): Promise<SourceTestDto> {
    const setting = validateSetting(input);
    if (setting.offline || this.sources.isOffline) return Promise.resolve(NOT_TESTED);
    const { url, source_type: type, timeout_seconds: timeoutSeconds } = setting;
    try {
      return await this.test({ url, type, timeoutSeconds }, this.drafts.secretsFor(setting));
    } finally {
      this.upstream.closeUnused(this.sources.sources());
    }
  }

  /** @param holds - called after the test */
  private async test(
    source: TestedSource,
    { secrets, isComplete }: OpenedSecrets,
    holds: () => readonly Hold[] = () => [],
  ): Promise<SourceTestDto> {
    const {
      latency,
      detail,
      serverTime: _,
      ...result
    } = isComplete ? await this.tester.test(source, secrets) : NOT_SENT;
    const current = holds();
    return {
      ...result,
      latency_ms: latency,
      holds: current.map(toHoldDto),
      detail: [detail, ...describeHolds(current)].join(' '),
    };
  }
}
