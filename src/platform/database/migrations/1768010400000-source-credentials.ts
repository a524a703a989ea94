import type { MigrationInterface, QueryRunner } from 'typeorm';

const CIPHERS = ['basic_auth_cipher', 'headers_cipher', 'client_certificate_cipher'];

/** Adds further credentials and a timeout to sources. */
export class SourceCredentials1768010400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const columns = ['timeout_seconds integer', ...CIPHERS.map((name) => `${name} text`)];
    await runner.query(`ALTER TABLE fallback_sources ${columns.map((column) => `ADD COLUMN ${column}`).join(', ')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const columns = ['timeout_seconds', ...CIPHERS];
    await runner.query(`ALTER TABLE fallback_sources ${columns.map((name) => `DROP COLUMN ${name}`).join(', ')}`);
  }
}
