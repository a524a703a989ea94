import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { WebhookDeliveryEntity } from './webhook-delivery.entity.js';
import { WebhookEntity } from './webhook.entity.js';

/** A delivery that this process is to send. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly attempts: number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly webhookId: number;
  readonly url: string;
  readonly secret: string | null;
}

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
  async claim(count: number): Promise<ClaimedDelivery[]> {
    const [rows] = await this.database.query<[ClaimedDelivery[], number]>(
      `UPDATE webhook_deliveries d SET attempts = d.attempts + 1, next_at = now() + interval '${LEASE_SECONDS} seconds'
       FROM webhooks w
       WHERE w.id = d.webhook_id AND d.id IN (
         SELECT id FROM webhook_deliveries WHERE next_at <= now() ORDER BY next_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING d.id, d.attempts, d.payload, d.webhook_id AS "webhookId", w.url, w.secret`,
      [count],
    );
    return rows;
  }

  async finish({ id, attempts }: ClaimedDelivery, { status, error, nextAt }: AttemptResult): Promise<void> {
    await this.database.query(
      'UPDATE webhook_deliveries SET status = $3, error = $4, next_at = $5 WHERE id = $1 AND attempts = $2',
      [id, attempts, status, error?.slice(0, 300) ?? null, nextAt],
    );
  }

  async removeOld(): Promise<void> {
    await this.database.query(
      `DELETE FROM webhook_deliveries WHERE next_at IS NULL AND created_at < now() - interval '${KEPT_DAYS} days'`,
    );
  }
}
