import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { WebhookEntity } from './webhook.entity.js';

/** A notification: a row of the outbox until it is delivered, and of the delivery log afterwards. */
@Entity('webhook_deliveries')
@Index('ix_webhook_deliveries_webhook', ['webhookId', 'id'])
@Index('ix_webhook_deliveries_due', ['nextAt'], { where: 'next_at IS NOT NULL' })
export class WebhookDeliveryEntity {
  @PrimaryGeneratedColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_webhook_deliveries' })
  id: string;

  @Column('integer', { name: 'webhook_id' })
  @ForeignKey(() => WebhookEntity, { name: 'fk_webhook_deliveries_webhook', onDelete: 'CASCADE' })
  webhookId: number;

  @Column('jsonb')
  payload: Record<string, unknown>;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column('integer', { default: 0 })
  attempts: number;

  /** When it is sent next, or again if the process that sends it is killed; null after the last attempt. */
  @Column('timestamptz', { name: 'next_at', nullable: true, default: () => 'now()' })
  nextAt: Date | null;

  /** HTTP status of the last response; null without one. */
  @Column('integer', { nullable: true })
  status: number | null;

  /** The reason why the last attempt failed. */
  @Column('varchar', { length: 300, nullable: true })
  error: string | null;
}
