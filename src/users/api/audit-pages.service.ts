import { Injectable } from '@nestjs/common';
import type { AuditFilter } from '../../platform/audit/audit-events.store.js';
import { AuditEvents } from '../../platform/audit/audit-events.store.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { auditLines, hubAuditExport } from './audit-export.js';
import { toAuditEventDto, type AuditPageDto } from './dto/audit-event.dto.js';
import { toAuditFilter, type AuditExportDto, type AuditQueryDto } from './dto/audit-query.dto.js';

const DEFAULT_PAGE_SIZE = 50;

/** Pages and exports of the audit log, of the whole hub or of an account. */
@Injectable()
export class AuditPages {
  constructor(private readonly events: AuditEvents) {}

  /** @param scope - the account whose log it is; undefined for the whole hub */
  async page(query: AuditQueryDto, scope: Pick<AuditFilter, 'ownerId'> = {}): Promise<AuditPageDto> {
    const { limit = DEFAULT_PAGE_SIZE, cursor } = query;
    const filter = { ...toAuditFilter(query), ...scope, withoutDownloads: query.action === undefined };
    const found = await this.events.page(filter, limit + 1, cursor);
    const page = found.slice(0, limit);
    const next = found.length > limit ? page.at(-1)!.id : null;
    return { events: page.map(toAuditEventDto), next };
  }

  /** Returns one JSON object per line. */
  lines(query: AuditExportDto, scope: Pick<AuditFilter, 'ownerId'> = {}): WireReply {
    return auditLines(this.events, { ...exported(query), ...scope });
  }

  /** Returns the export of an organization in the format of the Hub. */
  hubExport(query: AuditExportDto, { id, name }: { readonly id: number; readonly name: string }): WireReply {
    return hubAuditExport(this.events, { ...exported(query), ownerId: id }, name);
  }
}

const exported = (query: AuditExportDto): AuditFilter => ({
  ...toAuditFilter(query),
  withoutDownloads: query.action === undefined && query.downloads !== true,
});
