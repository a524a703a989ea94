import { Controller, Header, Inject, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '../../domain/caller.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { CurrentCaller } from '../../platform/http/repo.decorator.js';
import { Route } from '../../platform/http/route.decorator.js';
import { QuotaDto } from './dto/quota.dto.js';
import { NamespaceUsages, type OwnUsage } from './namespace-usages.service.js';

/** How much an account stores, and how much it may store. The path is that of KohakuHub. */
@ApiTags('accounts')
@Controller()
export class QuotaController {
  constructor(
    private readonly usages: NamespaceUsages,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
  ) {}

  @Route('quota')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Get the storage and the quotas of your account, or of an organization that you are a member of',
  })
  async get(@CurrentCaller() caller: Caller, @Param('namespace') namespace: string): Promise<QuotaDto> {
    return toQuotaDto(await this.usages.visibleTo(caller, namespace), this.config.limits.maxFileSize);
  }
}

function toQuotaDto(usage: OwnUsage, maxFileSize: number): QuotaDto {
  const { account, usedBytes, reservedBytes, repositories, limits } = usage;
  const { bytes: limit } = limits;
  return {
    namespace: account.name,
    is_organization: account.kind === 'organization',
    quota_bytes: account.quotaBytes,
    effective_quota_bytes: limit ?? null,
    is_inheriting: account.quotaBytes === null,
    used_bytes: usedBytes,
    reserved_bytes: reservedBytes,
    available_bytes: limit === undefined ? null : Math.max(0, limit - usedBytes - reservedBytes),
    percentage_used: limit === undefined ? null : percentage(usedBytes, limit),
    repositories,
    effective_quota_repositories: limits.repositories ?? null,
    max_file_size: maxFileSize,
  };
}

/** Rounded to hundredths. Without any quota, an empty account uses all of it. */
const percentage = (used: number, limit: number): number =>
  limit === 0 ? 100 : Math.round((used / limit) * 10_000) / 100;
