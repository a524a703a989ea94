import type pg from 'pg';
import { MIGRATIONS } from '../../platform/database/migrations/migrations.js';
import {
  checkSchema,
  describeNewerSchema,
  NewerDatabaseError,
  type MigratedDatabase,
} from '../../platform/database/schema-version.js';
import { findingsOf, type Finding } from './finding.js';

const { warning, problem } = findingsOf('database');

/** A connection as a database whose schema can be checked. */
export const migratedDatabase = (client: pg.Client): MigratedDatabase => ({
  migrations: MIGRATIONS.map(({ name }) => ({ name })),
  query: async <T>(sql: string, parameters?: unknown[]) => (await client.query(sql, parameters)).rows as T,
});

/** Examines whether this version may start with the schema of the database. Pending migrations are run by the start. */
export async function examineSchema(database: MigratedDatabase): Promise<Finding[]> {
  try {
    const newer = await checkSchema(database);
    if (newer.length === 0) return [];
    return [warning(describeNewerSchema(newer), 'Start the newer version on all replicas. See docs/upgrading.md.')];
  } catch (error) {
    if (error instanceof NewerDatabaseError) return [problem(error.reason, error.remedy)];
    throw error;
  }
}
