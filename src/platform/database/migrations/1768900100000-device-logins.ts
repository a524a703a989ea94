import type { MigrationInterface, QueryRunner } from 'typeorm';

const UNIQUE = ['previous_hash', 'refresh_hash', 'previous_refresh_hash'];

/** Adds logins with device codes, and access tokens that expire and are refreshed. */
export class DeviceLogins1768900100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE device_logins (
        device_hash varchar(64) CONSTRAINT pk_device_logins PRIMARY KEY,
        user_code varchar(8) NOT NULL CONSTRAINT uq_device_logins_user_code UNIQUE,
        client_id varchar(100) NOT NULL,
        role varchar(8) NOT NULL,
        address varchar(64) NOT NULL,
        user_agent varchar(200) NOT NULL,
        account_id integer CONSTRAINT fk_device_logins_account REFERENCES accounts ON DELETE CASCADE,
        approved boolean,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        polled_at timestamptz,
        poll_seconds integer NOT NULL)`,
    );
    await runner.query('CREATE INDEX ix_device_logins_account ON device_logins (account_id)');
    await runner.query('CREATE INDEX ix_device_logins_expires_at ON device_logins (expires_at)');
    await runner.query(
      `ALTER TABLE access_tokens
        ADD client_id varchar(100), ADD expires_at timestamptz, ADD refresh_hash varchar(64), ADD refresh_expires_at timestamptz,
        ADD previous_hash varchar(64), ADD previous_expires_at timestamptz, ADD previous_refresh_hash varchar(64)`,
    );
    for (const column of UNIQUE)
      await runner.query(`ALTER TABLE access_tokens ADD CONSTRAINT uq_access_tokens_${column} UNIQUE (${column})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE access_tokens
        DROP client_id, DROP expires_at, DROP refresh_hash, DROP refresh_expires_at,
        DROP previous_hash, DROP previous_expires_at, DROP previous_refresh_hash`,
    );
    await runner.query('DROP TABLE device_logins');
  }
}
