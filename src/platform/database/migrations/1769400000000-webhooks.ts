import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds webhooks and their deliveries. */
export class Webhooks1769400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE webhooks (
      id serial CONSTRAINT pk_webhooks PRIMARY KEY,
      account_id integer NOT NULL CONSTRAINT fk_webhooks_account REFERENCES accounts (id) ON DELETE CASCADE,
      url varchar(2000) NOT NULL,
      secret text,
      watched jsonb NOT NULL,
      domains text[] NOT NULL,
      disabled boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query('CREATE INDEX ix_webhooks_account ON webhooks (account_id)');
    await runner.query(`CREATE TABLE webhook_deliveries (
      id bigserial CONSTRAINT pk_webhook_deliveries PRIMARY KEY,
      webhook_id integer NOT NULL CONSTRAINT fk_webhook_deliveries_webhook REFERENCES webhooks (id) ON DELETE CASCADE,
      payload jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      attempts integer NOT NULL DEFAULT 0,
      next_at timestamptz DEFAULT now(),
      status integer,
      error varchar(300))`);
    await runner.query('CREATE INDEX ix_webhook_deliveries_webhook ON webhook_deliveries (webhook_id, id)');
    await runner.query(
      'CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (next_at) WHERE next_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_deliveries');
    await runner.query('DROP TABLE webhooks');
  }
}
