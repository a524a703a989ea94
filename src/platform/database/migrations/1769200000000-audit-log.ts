import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The setting with which the functions below are allowed to change events. It ends with the function. */
/** Without superuser rights, a function cannot declare a custom setting, so it is set and reset in the body. */
const BEGIN_MAINTENANCE = `PERFORM set_config('hubfall.audit_maintenance', 'on', true);`;
const END_MAINTENANCE = `PERFORM set_config('hubfall.audit_maintenance', '', true);`;

/** Adds the audit log. Events are only added: a trigger refuses updates and deletions that are not made by the functions for retention and redaction. */
export class AuditLog1769200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE audit_events (
      id bigserial CONSTRAINT pk_audit_events PRIMARY KEY,
      at timestamptz NOT NULL,
      action varchar(48) NOT NULL,
      actor_kind varchar(24) NOT NULL,
      administrator varchar(16),
      actor_id integer,
      actor_name varchar(120),
      token_id integer,
      token_name varchar(120),
      address varchar(64),
      user_agent varchar(300),
      request_id varchar(128),
      owner_id integer,
      repo_type varchar(16),
      repo_name varchar(200),
      object varchar(300),
      data jsonb NOT NULL DEFAULT '{}',
      bytes bigint)`);
    await runner.query('CREATE INDEX ix_audit_events_owner ON audit_events (owner_id, id)');
    await runner.query('CREATE INDEX ix_audit_events_action ON audit_events (action, id)');
    await runner.query('CREATE INDEX ix_audit_events_time ON audit_events (at)');
    await runner.query('CREATE INDEX ix_audit_events_actor ON audit_events (lower(actor_name), id)');
    await runner.query('CREATE INDEX ix_audit_events_repo ON audit_events (lower(repo_name), id)');
    await this.protect(runner);
    await this.addMaintenance(runner);
  }

  private async protect(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF coalesce(current_setting('hubfall.audit_maintenance', true), '') <> 'on' THEN
          RAISE EXCEPTION 'Events of the audit log cannot be changed or deleted';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
      END $$`);
    await runner.query(`CREATE TRIGGER audit_events_are_kept BEFORE UPDATE OR DELETE ON audit_events
      FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`);
    await runner.query(`CREATE TRIGGER audit_events_are_not_emptied BEFORE TRUNCATE ON audit_events
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  }

  private async addMaintenance(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION expire_audit_events(downloads boolean, before timestamptz, most integer) RETURNS integer
      LANGUAGE plpgsql AS $$
      DECLARE expired integer;
      BEGIN
        ${BEGIN_MAINTENANCE}
        DELETE FROM audit_events WHERE id IN (
          SELECT id FROM audit_events WHERE at < before AND (action = 'repo.download') = downloads ORDER BY at LIMIT most);
        GET DIAGNOSTICS expired = ROW_COUNT;
        ${END_MAINTENANCE}
        RETURN expired;
      END $$`);
    // texts of the data that are exactly the name are replaced, and the namespace of repositories
    await runner.query(`CREATE FUNCTION redact_audit_events(account integer, former text, pseudonym text) RETURNS integer
      LANGUAGE plpgsql AS $$
      DECLARE redacted integer; quoted text := to_json(former)::text; name text := lower(former);
      BEGIN
        ${BEGIN_MAINTENANCE}
        UPDATE audit_events SET
          actor_name = CASE WHEN actor_id = account OR lower(actor_name) = name THEN pseudonym ELSE actor_name END,
          address = CASE WHEN actor_id = account OR lower(actor_name) = name THEN NULL ELSE address END,
          user_agent = CASE WHEN actor_id = account OR lower(actor_name) = name THEN NULL ELSE user_agent END,
          owner_id = CASE WHEN owner_id = account THEN NULL ELSE owner_id END,
          token_name = CASE WHEN actor_id = account THEN NULL ELSE token_name END,
          object = CASE WHEN lower(object) = name THEN pseudonym ELSE object END,
          repo_name = CASE WHEN lower(split_part(repo_name, '/', 1)) = name AND repo_name LIKE '%/%'
            THEN pseudonym || substr(repo_name, length(former) + 1) ELSE repo_name END,
          data = replace(replace(data::text, quoted, to_json(pseudonym)::text), '"' || former || '/', '"' || pseudonym || '/')::jsonb
        WHERE actor_id = account OR owner_id = account OR lower(actor_name) = name OR lower(object) = name OR data::text LIKE '%' || quoted || '%'
          OR lower(split_part(repo_name, '/', 1)) = name;
        GET DIAGNOSTICS redacted = ROW_COUNT;
        ${END_MAINTENANCE}
        RETURN redacted;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION redact_audit_events(integer, text, text)');
    await runner.query('DROP FUNCTION expire_audit_events(boolean, timestamptz, integer)');
    await runner.query('DROP TABLE audit_events');
    await runner.query('DROP FUNCTION refuse_audit_change()');
  }
}
