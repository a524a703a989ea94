import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE invitations (
    id serial CONSTRAINT pk_invitations PRIMARY KEY,
    organization_id integer CONSTRAINT fk_invitations_organization REFERENCES accounts ON DELETE CASCADE,
    role varchar(8),
    invitee_id integer CONSTRAINT fk_invitations_invitee REFERENCES accounts ON DELETE CASCADE,
    hash varchar(64) CONSTRAINT uq_invitations_hash UNIQUE,
    note varchar(254),
    max_uses integer NOT NULL,
    uses integer NOT NULL DEFAULT 0,
    created_by integer CONSTRAINT fk_invitations_created_by REFERENCES accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT uq_invitations_invitee UNIQUE (organization_id, invitee_id))`,
  'CREATE INDEX ix_invitations_invitee ON invitations (invitee_id)',
  'CREATE INDEX ix_invitations_created_by ON invitations (created_by)',
  'CREATE INDEX ix_invitations_expires_at ON invitations (expires_at)',
  'ALTER TABLE identities ADD COLUMN invited boolean NOT NULL DEFAULT false',
];

/** Adds invitations to organizations and to the hub, and accounts of providers that were invited. */
export class Invitations1769500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE identities DROP COLUMN invited');
    await runner.query('DROP TABLE invitations');
  }
}
