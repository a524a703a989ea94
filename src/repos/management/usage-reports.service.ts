import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { CLOCK, type Clock } from '../../platform/config/clock.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { AccountsService } from '../../users/accounts.service.js';
import { DownloadCounts } from '../store/download-counts.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { UsageStore, type UsageFilter } from '../store/usage.store.js';
import type { UsageQueryDto, UsageReportDto } from './dto/usage.dto.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 30;

type Scope = Pick<UsageFilter, 'ownerId' | 'repositoryId'>;

/** Reports of downloads and bytes, for the admins of repositories and organizations, and of the hub. */
@Injectable()
export class UsageReports {
  constructor(
    private readonly usage: UsageStore,
    private readonly counts: DownloadCounts,
    private readonly access: RepoAccessService,
    private readonly accounts: AccountsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws HubError as `RepoAccessService.administrable`; `BadRequest` for invalid days */
  async ofRepository(repo: RepoId, query: UsageQueryDto, caller: Caller): Promise<WireReply> {
    const { id } = await this.access.administrable(repo, caller);
    return this.reply(query, { repositoryId: id });
  }

  /** @throws HubError as `AccountsService.requireAdministered`; `BadRequest` for invalid days */
  async ofOrganization(name: string, query: UsageQueryDto, caller: Caller): Promise<WireReply> {
    const { id } = await this.accounts.requireAdministered(caller, { kind: 'organization', name }, 'org.read');
    return this.reply(query, { ownerId: id });
  }

  /** The usage of all repositories, local and external. */
  async reply(query: UsageQueryDto, scope: Scope = {}): Promise<WireReply> {
    const report = await this.report(query, scope);
    if (query.format !== 'csv') return { status: 200, headers: NO_STORE, json: report };
    const headers = { ...NO_STORE, 'content-type': 'text/csv; charset=utf-8', 'content-disposition': ATTACHMENT };
    return { status: 200, headers, stream: csv(report) };
  }

  private async report({ by = 'day', ...query }: UsageQueryDto, scope: Scope): Promise<UsageReportDto> {
    const to = query.to ?? dayOf(this.clock());
    const from = query.from ?? dayOf(new Date(Date.parse(to) - DEFAULT_DAYS * DAY_MS));
    if (Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to)) || from > to)
      throw new HubError('BadRequest', 'Choose a first day that is not after the last day.');
    await this.counts.flush();
    return { by, from, to, rows: await this.usage.report(by, { from, to, ...scope }) };
  }
}

const NO_STORE = { 'cache-control': 'no-store' };
const ATTACHMENT = 'attachment; filename="usage.csv"';

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

async function* csv({ by, rows }: UsageReportDto): AsyncGenerator<Buffer> {
  await Promise.resolve();
  const lines = rows.map(({ key, downloads, bytes, people }) => [cell(key), downloads, bytes, people].join(','));
  yield Buffer.from([`${by},downloads,bytes,people`, ...lines, ''].join('\r\n'));
}

/** Quotes a text, and prevents that a spreadsheet runs it as a formula. */
const cell = (text: string): string => `"${(/^[=+\-@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
