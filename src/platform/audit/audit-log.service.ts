import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditAction } from '../../domain/audit-actions.js';
import type { Caller } from '../../domain/caller.js';
import { HubError } from '../../domain/hub-error.js';
import { CLOCK, type Clock } from '../config/clock.js';
import { actorOf } from './actor.js';

/** An act and its object. */
export interface AuditEvent {
  readonly action: AuditAction;
  /** A repository that exists at this point of the transaction. Its owner is the owner of the event. */
  readonly repositoryId?: number;
  /** The account that the event is about, unless it is about a repository. The events of service accounts belong to their organization, and have their name as `account`. */
  readonly ownerId?: number;
  /** Subject of the action, if it is not a repository: a member, a token, a source. */
  readonly object?: string;
  /** Details. Must not have secrets, nor texts that only readers of a private repository may see. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Work in the transaction of an act. */
export type AuditFollower = (m: EntityManager, event: AuditEvent) => Promise<void>;

/** The state of an act that is more than one transaction. */
export type ActState = 'started' | 'done' | 'failed';

const MAX_OBJECT = 300;

const INSERT = `
  INSERT INTO audit_events (at, action, actor_kind, administrator, actor_id, actor_name, token_id, token_name, address, user_agent, request_id,
    owner_id, repo_type, repo_name, object, data)
  SELECT $1::timestamptz, $2, $3, $4, $5, coalesce($6, (SELECT name FROM accounts WHERE id = $5)), $7, (SELECT name FROM access_tokens WHERE id = $7), $8, $9, $10,
    coalesce((SELECT service_of FROM accounts WHERE id = $11), $11, r.owner_id), r.type, CASE WHEN r.namespace = '' THEN r.name ELSE r.namespace || '/' || r.name END, $12,
    $13::jsonb || coalesce((SELECT jsonb_build_object('account', name) FROM accounts WHERE id = $11 AND service_of IS NOT NULL), '{}')
  FROM (SELECT $14::integer AS id) AS given LEFT JOIN repositories r ON r.id = given.id`;

/**
 * The append-only log of acts and their actors. An event is written in the transaction of the act, so that there is neither an act without its event nor an
 * event without its act.
 */
@Injectable()
export class AuditLog {
  private readonly logger = new Logger('Audit log');
  private readonly followers: AuditFollower[] = [];

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Runs an act and records it, in one transaction.
   * @param describe - the event of the result; undefined if nothing was changed
   */
  act<T>(
    by: Caller | undefined,
    work: (m: EntityManager) => Promise<T>,
    describe: (result: T) => AuditEvent | undefined,
  ): Promise<T> {
    return this.database.transaction(async (m) => {
      const result = await work(m);
      const event = describe(result);
      if (event) await this.record(m, by, event);
      return result;
    });
  }

  /**
   * Runs an act that is more than one transaction, such as the removal of files. Records its start and then its outcome (`data.state`), so that there is no
   * act without its start, and an act that a crash has interrupted has no outcome.
   * @param outcome - details of the result
   */
  async attempt<T>(
    by: Caller | undefined,
    event: AuditEvent,
    { work, outcome }: { readonly work: () => Promise<T>; readonly outcome: (result: T) => object },
  ): Promise<T> {
    const note = (state: ActState, data: object = {}): Promise<void> =>
      this.note(by, { ...event, data: { ...event.data, state, ...data } });
    await note('started');
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await note('failed', { error: error instanceof HubError ? error.code : 'InternalError' }).catch((err: unknown) =>
        this.logger.warn({ err, action: event.action }, 'The failure of an act could not be recorded'),
      );
      throw error;
    }
    await note('done', outcome(result));
    return result;
  }

  /** Records something that changes nothing in the database. */
  note(by: Caller | undefined, event: AuditEvent): Promise<void> {
    return this.record(this.database.manager, by, event);
  }

  /**
   * @param m - the transaction of the act
   * @param by - the caller of the request; undefined for the hub itself
   */
  async record(m: EntityManager, by: Caller | undefined, event: AuditEvent): Promise<void> {
    await this.write(m, by, event);
    for (const follow of this.followers) await follow(m, event);
  }

  /** Registers work that is part of the transaction of each act. */
  follow(follower: AuditFollower): void {
    this.followers.push(follower);
  }

  private async write(m: EntityManager, by: Caller | undefined, event: AuditEvent): Promise<void> {
    const actor = actorOf(by);
    const { action, repositoryId, ownerId, object, data = {} } = event;
    await m.query(INSERT, [
      this.clock(),
      action,
      actor.kind,
      actor.administrator,
      actor.id,
      actor.name,
      actor.tokenId,
      actor.address,
      actor.userAgent,
      actor.requestId,
      ownerId ?? null,
      object?.slice(0, MAX_OBJECT) ?? null,
      JSON.stringify(data),
      repositoryId ?? null,
    ]);
  }
}
