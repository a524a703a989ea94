import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { AccountEntity } from '../users/account.entity.js';

/** Users, organizations and repositories that can be watched, with the names of the Hub. */
export const WATCHED_TYPES = ['user', 'org', 'model', 'dataset', 'space'] as const;

/** An account or a repository that a webhook watches. */
export interface WatchedItem {
  readonly type: (typeof WATCHED_TYPES)[number];
  readonly name: string;
}

/** This hub has no discussions, so webhooks that watch only them get no deliveries. */
export const WEBHOOK_DOMAINS = ['repo', 'discussion'] as const;
export type WebhookDomain = (typeof WEBHOOK_DOMAINS)[number];

/** A URL that is notified of changes. */
@Entity('webhooks')
export class WebhookEntity {
  @PrimaryGeneratedColumn({ primaryKeyConstraintName: 'pk_webhooks' })
  id: number;

  @Index('ix_webhooks_account')
  @Column('integer', { name: 'account_id' })
  @ForeignKey(() => AccountEntity, { name: 'fk_webhooks_account', onDelete: 'CASCADE' })
  accountId: number;

  @Column('varchar', { length: 2000 })
  url: string;

  /** Encrypted; null without a secret. */
  @Column('text', { nullable: true })
  secret: string | null;

  @Column('jsonb')
  watched: WatchedItem[];

  @Column('text', { array: true })
  domains: WebhookDomain[];

  @Column('boolean', { default: false })
  disabled: boolean;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
