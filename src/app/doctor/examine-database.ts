import pg from 'pg';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { DataDirInUseError } from '../../platform/database/data-dir-in-use.js';
import { describeDatabaseProblem } from '../../platform/database/database-problem.js';
import { explainDatabaseUrl } from '../../platform/database/database-wrong-address.js';
import { serverAddress } from '../../platform/database/server-address.js';
import { openAnyVersion } from '../check/open-checked-hub.js';
import { CommandError, describeBootError } from '../describe-boot-error.js';
import { clockFinding, readClock } from './clock-findings.js';
import { connectionReason, isConnectionError } from './connection-error.js';
import { examineSchema, migratedDatabase } from './examine-schema.js';
import { findingsOf, type Finding } from './finding.js';

const { ok, warning, problem } = findingsOf('database');
const CONNECT_MS = 5_000;
/** Older versions are not maintained. */
const MIN_VERSION = 130_000;
const TESTED_VERSION = 150_000;

const FACTS = `
  SELECT current_setting('server_version') AS version, current_setting('server_version_num')::integer AS version_number,
    current_user AS "user", current_database() AS database, current_schema() AS schema,
    pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only,
    has_schema_privilege(current_schema(), 'CREATE') AS may_create,
    (SELECT count(*)::integer FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'S') AND NOT pg_has_role(c.relowner, 'USAGE')) AS foreign_tables,
    (SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()) AS encoding,
    (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS tls,
    current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer AS connections,
    (SELECT count(*)::integer FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS used,
    (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS role_limit,
    (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_limit,
    to_regclass('migrations') IS NOT NULL AS is_migrated`;

interface Facts {
  readonly version: string;
  readonly version_number: number;
  readonly user: string;
  readonly database: string;
  readonly schema: string | null;
  readonly read_only: boolean;
  readonly may_create: boolean | null;
  readonly foreign_tables: number;
  readonly encoding: string;
  readonly tls: boolean | null;
  readonly connections: number;
  readonly used: number;
  readonly role_limit: number;
  readonly database_limit: number;
  readonly is_migrated: boolean;
}

/** Examines the configured database. */
export const examineDatabase = (config: HubConfig): Promise<Finding[]> =>
  config.databaseUrl === undefined ? examineEmbedded(config) : examineServer(config, config.databaseUrl);

async function examineEmbedded(config: HubConfig): Promise<Finding[]> {
  try {
    const database = await openAnyVersion(config);
    try {
      return [ok('The embedded database opens.'), ...(await examineSchema(database))];
    } finally {
      await database.destroy();
    }
  } catch (error) {
    if (error instanceof DataDirInUseError) return [ok('The embedded database is in use by the running hub.')];
    if (error instanceof CommandError && error.message.includes('has no database'))
      return [ok('The embedded database does not exist yet. The first start creates it.')];
    return [
      problem(
        describeBootError(error).split('\n')[0]!,
        'See "How do I back up and restore it?" in docs/operations.md.',
      ),
    ];
  }
}

async function examineServer(config: HubConfig, databaseUrl: string): Promise<Finding[]> {
  const { url, ssl } = serverAddress(databaseUrl, config.certificateAuthorities);
  const client = new pg.Client({
    connectionString: url,
    ...(ssl && { ssl: ssl as pg.ClientConfig['ssl'] }),
    connectionTimeoutMillis: CONNECT_MS,
  });
  client.on('error', () => undefined); // reported by the query that it interrupts
  try {
    await client.connect();
    const { rows } = await client.query<Facts>(FACTS);
    const facts = rows[0]!;
    const found = examineFacts(facts, config.databasePoolSize);
    const isReadable = facts.is_migrated && facts.foreign_tables === 0; // otherwise that is the problem to fix first
    if (isReadable) found.push(...(await examineSchema(migratedDatabase(client))));
    return [...found, ...(await examineClock(client))];
  } catch (error) {
    return [unreachable(await explainDatabaseUrl(error, databaseUrl))];
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unreachable(error: unknown): Finding {
  const message = isConnectionError(error)
    ? `The database server cannot be reached: ${connectionReason(error)}.`
    : `${describeDatabaseProblem(error)}.`;
  return problem(
    message,
    'Check KOHAKU_HUB_DATABASE_URL, and whether the server runs and accepts connections from here.',
  );
}

function examineFacts(facts: Facts, poolSize: number): Finding[] {
  const found = [...examineVersion(facts), ...examineRights(facts), ...examineConnections(facts, poolSize)];
  if (!facts.is_migrated) found.push(ok('The database is empty. The first start creates the tables.'));
  const tls = facts.tls ? 'with TLS' : 'without TLS';
  return [ok(`PostgreSQL ${facts.version}, connected ${tls} as ${facts.user} to ${facts.database}.`), ...found];
}

function examineVersion({ version, version_number, encoding }: Facts): Finding[] {
  const found: Finding[] = [];
  if (version_number < MIN_VERSION)
    found.push(problem(`PostgreSQL ${version} is too old.`, 'Upgrade the server to version 15 or later.'));
  else if (version_number < TESTED_VERSION)
    found.push(warning(`PostgreSQL ${version} is not tested.`, 'Upgrade the server to version 15 or later.'));
  if (encoding !== 'UTF8')
    found.push(
      problem(
        `The database has the encoding ${encoding}.`,
        'Create it with ENCODING UTF8, and restore the tables into it.',
      ),
    );
  return found;
}

function examineRights({ user, database, schema, read_only, may_create, foreign_tables }: Facts): Finding[] {
  const owner = `Run as its owner: ALTER DATABASE ${database} OWNER TO ${user}; or GRANT USAGE, CREATE ON SCHEMA public TO ${user};`;
  if (read_only)
    return [
      problem(
        'The database is read-only.',
        'Connect to the primary server (target_session_attrs, or another host name).',
      ),
    ];
  if (schema === null) return [problem(`The user ${user} has no schema to create tables in.`, owner)];
  if (!may_create) return [problem(`The user ${user} may not create tables, so migrations fail.`, owner)];
  if (foreign_tables > 0)
    return [
      problem(
        `${foreign_tables} tables and sequences belong to another user, so migrations fail.`,
        `Run as a superuser: REASSIGN OWNED BY the previous owner TO ${user};`,
      ),
    ];
  return [ok(`The user ${user} may create and change tables.`)];
}

function examineConnections({ connections, used, role_limit, database_limit }: Facts, poolSize: number): Finding[] {
  const limit = Math.min(...[connections, role_limit, database_limit].filter((value) => value >= 0));
  const free = Math.min(limit, connections - used);
  if (free >= poolSize) return [ok(`${free} of ${limit} connections are free. A replica opens up to ${poolSize}.`)];
  return [
    warning(
      `Only ${Math.max(0, free)} of ${limit} connections are free, and a replica opens up to ${poolSize}.`,
      'Raise max_connections of the server, or reduce KOHAKU_HUB_DATABASE_POOL_SIZE.',
    ),
  ];
}

async function examineClock(client: pg.Client): Promise<Finding[]> {
  const reading = await readClock('the database server', 0, async () => {
    const { rows } = await client.query<{ now: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now');
    return Number(rows[0]!.now);
  });
  return reading ? [clockFinding(reading)] : [];
}
