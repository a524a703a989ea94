import { Injectable } from '@nestjs/common';
import { FallbackSourcesService } from '../fallback/sources/fallback-sources.service.js';
import { UpstreamHealth } from '../fallback/upstream/upstream-health.js';
import { toSourceHealthDto, type SourceHealthDto } from './dto/source-health.dto.js';

/** Puts what the outbound side has measured beside the sources it concerns. */
@Injectable()
export class SourceHealthService {
  constructor(
    private readonly sources: FallbackSourcesService,
    private readonly health: UpstreamHealth,
  ) {}

  /** Every source in the order in which they are asked. */
  report(): SourceHealthDto[] {
    const reports = new Map(this.health.report().map((report) => [report.key, report]));
    return this.sources.list().map((record) => toSourceHealthDto(record, reports.get(record.source.key)));
  }
}
