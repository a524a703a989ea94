import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Redaction also replaces what the log has of a person elsewhere: the names of its accounts at providers and of its tokens, former names of repositories, and the
 * addresses of programs that acted for it without a session, such as for a registration.
 */
export class RedactPersons1769610000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE OR REPLACE FUNCTION redact_audit_events(account integer, former text, pseudonym text) RETURNS integer
      LANGUAGE plpgsql AS $$
      DECLARE redacted integer; quoted text := to_json(former)::text; name text := lower(former);
        prefix text := '"' || former || '/';
      BEGIN
        PERFORM set_config('hubfall.audit_maintenance', 'on', true);
        UPDATE audit_events SET
          actor_name = CASE WHEN actor_id = account OR lower(actor_name) = name THEN pseudonym ELSE actor_name END,
          address = CASE WHEN actor_id = account OR lower(actor_name) = name OR (owner_id = account AND actor_id IS NULL) THEN NULL ELSE address END,
          user_agent = CASE WHEN actor_id = account OR lower(actor_name) = name OR (owner_id = account AND actor_id IS NULL) THEN NULL ELSE user_agent END,
          owner_id = CASE WHEN owner_id = account THEN NULL ELSE owner_id END,
          token_name = CASE WHEN actor_id = account THEN NULL ELSE token_name END,
          object = CASE WHEN lower(object) = name OR (owner_id = account AND (action LIKE 'user.%' OR action LIKE 'token.%')) THEN pseudonym
            ELSE object END,
          repo_name = CASE WHEN lower(split_part(repo_name, '/', 1)) = name AND repo_name LIKE '%/%'
            THEN pseudonym || substr(repo_name, length(former) + 1) ELSE repo_name END,
          data = replace(replace(data::text, quoted, to_json(pseudonym)::text), prefix, '"' || pseudonym || '/')::jsonb
        WHERE actor_id = account OR owner_id = account OR lower(actor_name) = name OR lower(object) = name
          OR strpos(data::text, quoted) > 0 OR strpos(data::text, prefix) > 0 OR lower(split_part(repo_name, '/', 1)) = name;
        GET DIAGNOSTICS redacted = ROW_COUNT;
        PERFORM set_config('hubfall.audit_maintenance', '', true);
        RETURN redacted;
      END $$`);
  }

  /** The function before this migration replaces less, and has the same parameters. */
  async down(): Promise<void> {}
}
