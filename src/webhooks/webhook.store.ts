import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { WebhookDeliveryEntity } from './webhook-delivery.entity.js';
import { WebhookEntity } from './webhook.entity.js';

/** A delivery that this process is to send. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly attempts: number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly webhookId: number;
  readonly accountId: number;
  readonly url: string;
  readonly secret: string | null;
}

/** Deliveries that this process may claim. */
export interface ClaimLimits {
  /** The most deliveries. */
  readonly count: number;
  /** The most deliveries of an account that this process sends at the same time. */
  readonly perAccount: number;
  /** The deliveries that this process is sending. */
  readonly sending: readonly Pick<ClaimedDelivery, 'webhookId' | 'accountId'>[];
}

/**
 * Deliveries of $1 webhooks that are due: the oldest of each webhook, and only a few of each account, so that receivers that do not respond delay no
 * webhooks of other accounts. $2 are the webhooks that are being sent to, $3 their number by account, $4 the most of an account.
 */
const DUE = `
  SELECT chosen.id FROM webhook_deliveries chosen
  JOIN (
    SELECT id, due_at, row_number() OVER (PARTITION BY account_id ORDER BY due_at, id) + coalesce(($3::jsonb ->> account_id::text)::integer, 0) AS of_account
    FROM (
      SELECT d.id, w.account_id, d.next_at AS due_at, row_number() OVER (PARTITION BY d.webhook_id ORDER BY d.next_at, d.id) AS n
      FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id JOIN accounts a ON a.id = w.account_id
      WHERE d.next_at <= now() AND NOT w.disabled AND a.disabled_at IS NULL AND w.id <> ALL($2::integer[])
    ) AS of_webhook WHERE n = 1
  ) AS due ON due.id = chosen.id
  WHERE due.of_account <= $4 AND chosen.next_at <= now()
  ORDER BY due.of_account, due.due_at, due.id LIMIT $1 FOR UPDATE OF chosen SKIP LOCKED`;

/** The result of an attempt. */
export interface AttemptResult {
  readonly status: number | null;
  readonly error: string | null;
  /** Null if it is not tried again. */
  readonly nextAt: Date | null;
}

/** How long a process has to send a delivery, before another one does. */
const LEASE_SECONDS = 60;
const KEPT_DAYS = 30;

/** Webhooks of accounts, and their deliveries. */
@Injectable()
export class WebhookStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  list(accountId: number): Promise<WebhookEntity[]> {
    return this.database.manager.find(WebhookEntity, { where: { accountId }, order: { id: 'ASC' } });
  }

  find(accountId: number, id: number, m = this.database.manager): Promise<WebhookEntity | null> {
    return m.findOneBy(WebhookEntity, { accountId, id });
  }

  async add(webhook: Omit<WebhookEntity, 'id' | 'createdAt'>, m = this.database.manager): Promise<WebhookEntity> {
    return m.save(m.create(WebhookEntity, webhook));
  }

  async update(
    { accountId, id }: Pick<WebhookEntity, 'accountId' | 'id'>,
    columns: Partial<Pick<WebhookEntity, 'url' | 'secret' | 'watched' | 'domains' | 'disabled'>>,
    m = this.database.manager,
  ): Promise<WebhookEntity | null> {
    await m.update(WebhookEntity, { accountId, id }, columns);
    return this.find(accountId, id, m);
  }

  /** @returns whether it existed */
  async remove(accountId: number, id: number, m = this.database.manager): Promise<boolean> {
    return (await m.delete(WebhookEntity, { accountId, id })).affected === 1;
  }

  /** The last 100 deliveries, newest first. */
  deliveries(webhookId: number): Promise<WebhookDeliveryEntity[]> {
    return this.database.manager.find(WebhookDeliveryEntity, {
      where: { webhookId },
      order: { id: 'DESC' },
      take: 100,
    });
  }

  /** Adds the payload of a delivery to the outbox again. Returns false if there is no such delivery. */
  async replay(webhookId: number, deliveryId: string, m = this.database.manager): Promise<boolean> {
    const rows = await m.query<unknown[]>(
      'INSERT INTO webhook_deliveries (webhook_id, payload) SELECT webhook_id, payload FROM webhook_deliveries WHERE webhook_id = $1 AND id = $2 RETURNING id',
      [webhookId, deliveryId],
    );
    return rows.length > 0;
  }

  /** Claims deliveries that are due. If this process is killed, they become due again after the lease. */
  async claim({ count, perAccount, sending }: ClaimLimits): Promise<ClaimedDelivery[]> {
    const ofAccounts: Record<string, number> = {};
    for (const { accountId } of sending) ofAccounts[accountId] = (ofAccounts[accountId] ?? 0) + 1;
    const [rows] = await this.database.query<[ClaimedDelivery[], number]>(
      `UPDATE webhook_deliveries d SET attempts = d.attempts + 1, next_at = now() + interval '${LEASE_SECONDS} seconds'
       FROM webhooks w WHERE w.id = d.webhook_id AND d.id IN (${DUE})
       RETURNING d.id, d.attempts, d.payload, d.webhook_id AS "webhookId", w.account_id AS "accountId", w.url, w.secret`,
      [count, sending.map(({ webhookId }) => webhookId), JSON.stringify(ofAccounts), perAccount],
    );
    return rows;
  }

  /** Ends the deliveries of a webhook that are waiting. */
  async cancel(webhookId: number, error: string, m: EntityManager): Promise<void> {
    await m.query(
      'UPDATE webhook_deliveries SET next_at = NULL, error = $2 WHERE webhook_id = $1 AND next_at IS NOT NULL',
      [webhookId, error],
    );
  }

  /** Stores the result of an attempt. A delivery that was canceled meanwhile is not tried again. */
  async finish({ id, attempts }: ClaimedDelivery, { status, error, nextAt }: AttemptResult): Promise<void> {
    await this.database.query(
      'UPDATE webhook_deliveries SET status = $3, error = $4, next_at = CASE WHEN next_at IS NULL THEN NULL ELSE $5::timestamptz END WHERE id = $1 AND attempts = $2',
      [id, attempts, status, error?.slice(0, 300) ?? null, nextAt],
    );
  }

  /** Also deliveries that were never sent, because the account is disabled. */
  async removeOld(): Promise<void> {
    await this.database.query(`DELETE FROM webhook_deliveries WHERE created_at < now() - interval '${KEPT_DAYS} days'`);
  }
}
