import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import { requireSession } from '../../domain/require-caller.js';
import { AuditLog } from '../../platform/audit/audit-log.service.js';
import { CallersService } from '../../users/callers.service.js';
import { IdTokens } from '../../users/id-tokens.service.js';
import { IDENTIFYING_CLAIMS } from '../../users/publisher-claims.js';
import type { TrustedPublisherEntity } from '../../users/trusted-publisher.entity.js';
import { MAX_PUBLISHERS, TrustedPublisherStore } from '../../users/trusted-publisher.store.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import type { CreateTrustedPublisherDto } from './dto/trusted-publisher.dto.js';

const MAX_CLAIMS = 20;
const MAX_CLAIM_LENGTH = 500;

/** Trusted publishers of repositories. Their owners manage them from sessions, since tokens must not create others. */
@Injectable()
export class TrustedPublishers {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly access: RepoAccessService,
    private readonly publishers: TrustedPublisherStore,
    private readonly idTokens: IdTokens,
    private readonly callers: CallersService,
    private readonly audit: AuditLog,
  ) {}

  /** @throws HubError as `RepoAccessService.administrable`; `Forbidden` for access tokens, as all methods of this class */
  async list(repo: RepoId, caller: Caller): Promise<TrustedPublisherEntity[]> {
    return this.publishers.list((await this.administered(repo, caller)).id);
  }

  /** @throws HubError `BadRequest` for an issuer that is not allowed, and for claims that do not name a project */
  async add(repo: RepoId, body: CreateTrustedPublisherDto, caller: Caller): Promise<TrustedPublisherEntity> {
    const { id: repositoryId } = await this.administered(repo, caller);
    const { name, claims, read_only: readOnly = false } = body;
    const issuer = body.issuer.replace(/\/$/, '');
    this.requireAllowed(issuer);
    requireClaims(claims);
    if ((await this.publishers.list(repositoryId)).length >= MAX_PUBLISHERS)
      throw new HubError('Conflict', `A repository can have ${MAX_PUBLISHERS} trusted publishers. Delete one first.`);
    return this.database.transaction(async (m) => {
      const added = await this.publishers.add({ repositoryId, name, issuer, claims, readOnly }, m);
      const data = { issuer, claims, readOnly };
      await this.audit.record(m, caller, { action: 'repo.add_trusted_publisher', repositoryId, object: name, data });
      return added;
    });
  }

  /**
   * Deletes a publisher. Its tokens end on all replicas.
   * @throws HubError `NotFound`
   */
  async remove(repo: RepoId, id: string, caller: Caller): Promise<void> {
    const { id: repositoryId, ownerId } = await this.administered(repo, caller);
    await this.database.transaction(async (m) => {
      const found = /^\d{1,9}$/.test(id) && (await this.publishers.delete(repositoryId, Number(id), m));
      if (!found) throw new HubError('NotFound', `The repository has no trusted publisher ${id.slice(0, 20)}.`);
      const { name: object } = found;
      await this.audit.record(m, caller, { action: 'repo.remove_trusted_publisher', repositoryId, object });
    });
    await this.callers.invalidate(ownerId);
  }

  private administered(repo: RepoId, caller: Caller): Promise<LocalRepo> {
    requireSession(caller);
    return this.access.administrable(repo, caller);
  }

  private requireAllowed(issuer: string): void {
    const { issuers } = this.idTokens;
    if (!issuers.includes(issuer))
      throw invalid('issuer', `This issuer is not allowed. The allowed ones are ${issuers.join(', ') || 'none'}.`);
  }
}

function requireClaims(claims: Readonly<Record<string, unknown>>): void {
  const entries = Object.entries(claims);
  const isText = (value: unknown): boolean =>
    typeof value === 'string' && value !== '' && value.length <= MAX_CLAIM_LENGTH && !value.includes('\0');
  if (entries.length > MAX_CLAIMS || entries.some(([name, value]) => !isText(name) || !isText(value)))
    throw invalid(
      'claims',
      `Claims are at most ${MAX_CLAIMS} names with texts of up to ${MAX_CLAIM_LENGTH} characters.`,
    );
  if (!IDENTIFYING_CLAIMS.some((name) => Object.hasOwn(claims, name)))
    throw invalid('claims', `One of the claims has to name the project: ${IDENTIFYING_CLAIMS.join(', ')}.`);
}

const invalid = (field: string, message: string): HubError =>
  new HubError('BadRequest', message, { fields: [{ field, message }] });
