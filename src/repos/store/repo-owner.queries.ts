import type { DataSource } from 'typeorm';
import { lookupName } from '../../domain/lookup-key.js';

/**
 * Finds the account whose repositories are listed. Lists look it up first: PostgreSQL plans a query with the id by how many repositories this account
 * has, and one with a subquery by how many an account has on average.
 * @returns null if there is no such account
 */
export async function findOwnerId(database: DataSource, name: string): Promise<number | null> {
  const rows = await database.query<{ id: number }[]>('SELECT id FROM accounts WHERE lookup_name = $1', [
    lookupName(name),
  ]);
  return rows[0]?.id ?? null;
}
