import { Injectable } from '@nestjs/common';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import { SharedRateLimits } from '../fallback/upstream/shared-rate-limits.service.js';
import { TokenChecks } from '../fallback/sources/token-checks.service.js';
import { tokenStatus } from '../fallback/sources/token-health.js';
import { UpstreamHealth } from '../fallback/upstream/upstream-health.js';
import { toSourceHealthDto, type SourceHealthDto } from './dto/source-health.dto.js';

/** Reports the sources with the health that the upstream client has measured. */
@Injectable()
export class SourceHealthService {
  constructor(
    private readonly sources: FallbackSourcesService,
    private readonly health: UpstreamHealth,
    private readonly checks: TokenChecks,
    private readonly limits: SharedRateLimits,
  ) {}

  /** All sources, in the order in which they are tried. */
  report(): SourceHealthDto[] {
    const reports = new Map(this.health.report().map((report) => [report.key, report]));
    return this.sources.list().map((record) => {
      const { key } = record.source;
      const report = reports.get(key);
      const token = tokenStatus(record, report, this.checks.lastOf(record.source));
      return toSourceHealthDto(record, this.limits.of(key), report, token);
    });
  }
}
