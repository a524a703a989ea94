import type { EntityManager } from 'typeorm';
import { SECRET_FIELDS, type SecretField } from '../../domain/source.js';
import { purposeOf } from './sealed-secrets.js';

/** A source with credentials. */
export interface SourceOfSecret {
  readonly id: number;
  readonly name: string;
  readonly namespace: string;
  readonly field: SecretField;
}

/** An encrypted value in the database. */
export interface StoredSecret {
  readonly table: string;
  readonly column: string;
  readonly id: number;
  /** The URL whose origin is authenticated with the secret. */
  readonly url: string;
  readonly purpose: string;
  readonly sealed: string;
  /** The source that has it; undefined for other secrets. */
  readonly source?: SourceOfSecret;
}

/** Secrets apart from the credentials of sources. `url` and `from` are SQL. */
const OTHER_SECRETS = [
  { table: 'webhooks', column: 'secret', url: 'row.url', from: 'webhooks row', purpose: 'webhook' },
  {
    table: 'sessions',
    column: 'id_token',
    url: 'identity.issuer',
    from: 'sessions row JOIN identities identity ON identity.id = row.identity_id',
    purpose: 'id-token',
  },
] as const;

const columnOf = (field: SecretField) => `${field}_cipher` as const;

type SourceRow = Omit<SourceOfSecret, 'field'> & { url: string } & Record<ReturnType<typeof columnOf>, string | null>;

/** The encrypted values of all sources, webhooks and sessions. */
export async function findStoredSecrets(m: EntityManager, lock: '' | 'FOR UPDATE' = ''): Promise<StoredSecret[]> {
  const found = await secretsOfSources(m, lock);
  for (const { table, column, url, from, purpose } of OTHER_SECRETS) {
    const rows = await m.query<Pick<StoredSecret, 'id' | 'url' | 'sealed'>[]>(
      `SELECT row.id, ${url} AS url, row.${column} AS sealed FROM ${from} WHERE row.${column} IS NOT NULL ORDER BY row.id ${lock && `${lock} OF row`}`,
    );
    found.push(...rows.map((row) => ({ ...row, table, column, purpose })));
  }
  return found;
}

async function secretsOfSources(m: EntityManager, lock: string): Promise<StoredSecret[]> {
  const rows = await m.query<SourceRow[]>(
    `SELECT id, name, namespace, url, ${SECRET_FIELDS.map(columnOf).join(', ')} FROM fallback_sources ORDER BY id ${lock}`,
  );
  return rows.flatMap((row) =>
    SECRET_FIELDS.flatMap((field) => {
      const { id, name, namespace, url } = row;
      const column = columnOf(field);
      const sealed = row[column];
      if (sealed === null) return [];
      const source = { id, name, namespace, field };
      return [{ table: 'fallback_sources', column, id, url, purpose: purposeOf(field), sealed, source }];
    }),
  );
}
