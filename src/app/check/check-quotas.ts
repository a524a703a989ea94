import { setTimeout as pause } from 'node:timers/promises';
import { QueryFailedError, type DataSource, type EntityManager } from 'typeorm';
import { formatDifferentBytes } from '../../domain/byte-size.js';
import { inPages, type Check, type CheckContext } from './check-context.js';

const PAGE_SIZE = 100;

/** Contents of the repositories of the accounts `$1`, with their sizes and numbers of uses. */
const ACTUAL = `
  SELECT r.owner_id AS account_id, f.sha256, max(f.size) AS size, count(*)::integer AS uses
  FROM (SELECT repository_id, sha256, size FROM blobs UNION ALL SELECT repository_id, sha256, size FROM lfs_objects) f
  JOIN repositories r ON r.id = f.repository_id WHERE r.owner_id = ANY($1) GROUP BY r.owner_id, f.sha256`;

const XORBS = `(SELECT coalesce(sum(stored_bytes), 0) FROM xet_xorbs x WHERE x.owner_id = a.id AND x.sha256 IS NOT NULL)`;

/** Compares the kept counts with a recount, in one statement, so that it sees one state of a database that is in use. */
const COMPARE = `
  WITH actual AS MATERIALIZED (${ACTUAL}),
    kept AS (SELECT * FROM namespace_contents WHERE account_id = ANY($1)),
    wrong AS (
      SELECT account_id, count(*)::integer AS count FROM actual FULL JOIN kept USING (account_id, sha256)
      WHERE actual.uses IS DISTINCT FROM kept.uses GROUP BY account_id)
  SELECT a.id, a.name, coalesce(wrong.count, 0) AS wrong,
    (SELECT coalesce(sum(bytes), 0) FROM usage_changes u WHERE u.account_id = a.id) AS counted,
    (SELECT coalesce(sum(size), 0) FROM actual WHERE account_id = a.id) + ${XORBS} AS used
  FROM accounts a LEFT JOIN wrong ON wrong.account_id = a.id WHERE a.id = ANY($1) ORDER BY a.id`;

/** Below the time after which PostgreSQL searches for deadlocks, so that a commit is never the one that is aborted. */
const LOCK_TIMEOUT = '500ms';
const LOCK_UNAVAILABLE = '55P03';
const ATTEMPTS = 20;
const PAUSE_MS = 500;

interface UsageRow {
  readonly id: number;
  readonly name: string;
  readonly wrong: number;
  readonly counted: string;
  readonly used: string;
}

/** The kept use of each account equals a recount of its files. */
export const QUOTAS: Check = {
  name: 'quotas',
  async run(context) {
    const { database } = context;
    let examined = 0;
    const pages = inPages<{ id: number }>((last) =>
      database.query<{ id: number }[]>(`SELECT id FROM accounts WHERE id > $1 ORDER BY id LIMIT ${PAGE_SIZE}`, [
        last?.id ?? 0,
      ]),
    );
    for await (const page of pages) {
      examined += page.length;
      for (const row of await database.query<UsageRow[]>(COMPARE, [page.map(({ id }) => id)]))
        await checkUsage(row, context);
    }
    return examined;
  },
};

async function checkUsage({ id, name, wrong, counted, used }: UsageRow, context: CheckContext): Promise<void> {
  if (wrong === 0 && counted === used) return;
  const [actual, kept] = formatDifferentBytes(Number(used), Number(counted));
  const isRepaired = context.repair && (await recount(context.database, id));
  context.findings.add('quotas', {
    kind: 'usage-miscounted',
    message:
      counted === used
        ? `The uses of ${wrong} files of the account ${name} are miscounted.`
        : `The account ${name} uses ${actual}, but ${kept} are counted for its quota.`,
    advice: context.repair
      ? 'It could not be recounted now. Run check again later.'
      : 'Run check with --repair to count again.',
    account: name,
    repair: isRepaired ? 'done' : 'available',
  });
}

/** @returns false if the tables were in use all the time */
async function recount(database: DataSource, accountId: number): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      await database.transaction((m) => recountLocked(m, accountId));
      return true;
    } catch (error) {
      const { code } = (error instanceof QueryFailedError ? error.driverError : {}) as { code?: string };
      if (code !== LOCK_UNAVAILABLE) throw error;
      await pause(PAUSE_MS);
    }
  }
  return false;
}

/** Commits whose files are not counted yet wait for the lock, and are then counted by their triggers. */
async function recountLocked(m: EntityManager, accountId: number): Promise<void> {
  await m.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  await m.query('LOCK TABLE namespace_contents, usage_changes IN SHARE ROW EXCLUSIVE MODE');
  await m.query('DELETE FROM namespace_contents WHERE account_id = $1', [accountId]);
  await m.query(`INSERT INTO namespace_contents (account_id, sha256, size, uses) ${ACTUAL}`, [[accountId]]);
  await m.query('DELETE FROM usage_changes WHERE account_id = $1', [accountId]);
  await m.query(
    `INSERT INTO usage_changes (account_id, bytes) SELECT a.id, counted.bytes FROM accounts a, LATERAL (
       SELECT coalesce((SELECT sum(size) FROM namespace_contents WHERE account_id = a.id), 0) + ${XORBS} AS bytes) counted
     WHERE a.id = $1 AND counted.bytes > 0`,
    [accountId],
  );
}
