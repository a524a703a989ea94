import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { ActorKind, AuditAction } from '../../domain/audit-actions.js';
import type { RepoType } from '../../domain/repo-id.js';

/** Conditions for listed events. */
export interface AuditFilter {
  /** The log of this account only. */
  readonly ownerId?: number;
  /** Name of the account that acted. */
  readonly actor?: string;
  /** Id of the account that acted. */
  readonly actorId?: number | undefined;
  readonly actions?: readonly AuditAction[];
  /** Full name of a repository. */
  readonly repo?: string;
  readonly from?: Date;
  /** Exclusive. */
  readonly to?: Date;
  /** Whether to leave out downloads, which are most of the events. */
  readonly withoutDownloads?: boolean;
}

/** A stored event. */
export interface StoredAuditEvent {
  readonly id: string;
  readonly at: Date;
  readonly action: AuditAction;
  readonly actorKind: ActorKind;
  readonly administrator: 'account' | 'break-glass' | null;
  readonly actorId: number | null;
  readonly actorName: string | null;
  readonly tokenId: number | null;
  readonly tokenName: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly ownerName: string | null;
  readonly repoType: RepoType | null;
  readonly repoName: string | null;
  readonly object: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly bytes: string | null;
}

const SELECT = `
  SELECT e.id, e.at, e.action, e.actor_kind AS "actorKind", e.administrator, e.actor_id AS "actorId", e.actor_name AS "actorName",
    e.token_id AS "tokenId", e.token_name AS "tokenName", e.address, e.user_agent AS "userAgent", e.request_id AS "requestId",
    owner.name AS "ownerName", e.repo_type AS "repoType", e.repo_name AS "repoName", e.object, e.data, e.bytes
  FROM audit_events e LEFT JOIN accounts owner ON owner.id = e.owner_id`;

/** Events that are read at once for an export. */
const BATCH = 1000;

/** Reads the audit log, newest first, with keyset pagination. */
@Injectable()
export class AuditEvents {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @param before - id of the last event of the previous page */
  page(filter: AuditFilter, limit: number, before?: string): Promise<StoredAuditEvent[]> {
    const values: unknown[] = [];
    const add = (value: unknown): string => `$${values.push(value)}`;
    const conditions = [...conditionsOf(filter, add), ...(before === undefined ? [] : [`e.id < ${add(before)}`])];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    return this.database.query(`${SELECT} ${where} ORDER BY e.id DESC LIMIT ${add(limit)}`, values);
  }

  /** All events, a batch at a time. */
  async *all(filter: AuditFilter): AsyncGenerator<readonly StoredAuditEvent[]> {
    let before: string | undefined;
    for (;;) {
      const events = await this.page(filter, BATCH, before);
      if (events.length > 0) yield events;
      if (events.length < BATCH) return;
      before = events.at(-1)!.id;
    }
  }
}

function conditionsOf(filter: AuditFilter, add: (value: unknown) => string): string[] {
  const { ownerId, actor, actorId, actions, repo, from, to, withoutDownloads } = filter;
  return [
    ownerId !== undefined && `e.owner_id = ${add(ownerId)}`,
    actor !== undefined && `lower(e.actor_name) = lower(${add(actor)})`,
    actorId !== undefined && `e.actor_id = ${add(actorId)}`,
    actions !== undefined && `e.action = ANY(${add(actions)})`,
    repo !== undefined && `lower(e.repo_name) = lower(${add(repo)})`,
    from !== undefined && `e.at >= ${add(from)}`,
    to !== undefined && `e.at < ${add(to)}`,
    withoutDownloads === true && `e.action <> 'repo.download'`,
  ].filter((condition) => condition !== false);
}
