import { formatBytes, formatDifferentBytes } from '../../domain/byte-size.js';
import { countRows, inPages, REPOSITORY, type Check, type CheckContext } from './check-context.js';

const PAGE_SIZE = 500;

/** Files of the repositories of a page. A file that is an LFS object counts as such. */
const SIZES = `
  WITH page AS MATERIALIZED (SELECT id, type, namespace, name FROM repositories WHERE id > $1 ORDER BY id LIMIT ${PAGE_SIZE})
  SELECT r.id, ${REPOSITORY} AS repository, kept.bytes AS kept, (
    (SELECT coalesce(sum(size), 0) FROM blobs b WHERE b.repository_id = r.id AND NOT b.lfs)
    + (SELECT coalesce(sum(size), 0) FROM lfs_objects o WHERE o.repository_id = r.id))::bigint AS actual
  FROM page r LEFT JOIN repository_sizes kept ON kept.repository_id = r.id ORDER BY r.id`;

/** The differences between the kept sums and a recount, in one statement, so that it sees one state of a database that is in use. */
const DIFFERENCES = `
  SELECT key, coalesce(actual.amount, 0) - coalesce(kept.amount, 0) AS difference, coalesce(kept.amount, 0) AS kept,
    coalesce(actual.amount, 0) AS actual
  FROM (
    SELECT 'repositories:' || type AS key, count(*) AS amount FROM repositories GROUP BY type
    UNION ALL SELECT 'repositories_of:' || owner_id, count(*) FROM repositories GROUP BY owner_id
    UNION ALL SELECT 'accounts:' || kind, count(*) FROM accounts GROUP BY kind
    UNION ALL SELECT 'repository_bytes', coalesce(sum(bytes), 0) FROM repository_sizes
    UNION ALL SELECT 'contents', count(*) FROM contents
    UNION ALL SELECT 'content_bytes', coalesce(sum(size), 0) FROM contents) actual
  FULL JOIN (SELECT key, sum(amount) AS amount FROM sum_changes GROUP BY key) kept USING (key)
  WHERE coalesce(actual.amount, 0) <> coalesce(kept.amount, 0)`;

/** Adds what is missing. Changes that other processes make at the same time are added by their triggers. */
const ADD_DIFFERENCES = `
  WITH wrong AS MATERIALIZED (${DIFFERENCES}),
    added AS (INSERT INTO sum_changes (key, amount) SELECT key, difference FROM wrong)
  SELECT key, kept::text, actual::text FROM wrong ORDER BY key`;

const READ_DIFFERENCES = `SELECT key, kept::text, actual::text FROM (${DIFFERENCES}) wrong ORDER BY key`;

interface SizeRow {
  readonly id: number;
  readonly repository: string;
  /** Null if it is missing. */
  readonly kept: string | null;
  readonly actual: string;
}

interface SumRow {
  readonly key: string;
  readonly kept: string;
  readonly actual: string;
}

/** The kept sums that administrators and metrics read equal a recount (ADR 34). */
export const SUMS: Check = {
  name: 'sums',
  async run(context) {
    const { database, findings, repair } = context;
    const pages = inPages<SizeRow>((last) => database.query<SizeRow[]>(SIZES, [last?.id ?? 0]));
    for await (const page of pages) for (const row of page) if (row.kept !== row.actual) await addSize(row, context);
    // afterwards, because the repair of a size changes the sum of all
    const wrong = await database.query<SumRow[]>(repair ? ADD_DIFFERENCES : READ_DIFFERENCES);
    for (const { key, kept, actual } of wrong)
      findings.add('sums', {
        kind: 'sum-miscounted',
        message: `The kept sum "${key}" is ${kept}, but a recount is ${actual}.`,
        advice: 'Run check with --repair to correct it.',
        repair: repair ? 'done' : 'available',
      });
    return countRows(database, 'repositories');
  },
};

async function addSize({ id, repository, kept, actual }: SizeRow, context: CheckContext): Promise<void> {
  const { database, findings, repair } = context;
  if (repair) {
    await database.query(
      'INSERT INTO repository_sizes (repository_id, type) SELECT id, type FROM repositories WHERE id = $1 ON CONFLICT DO NOTHING',
      [id],
    );
    // adds the difference, so that a commit in the meantime is not lost
    await database.query('UPDATE repository_sizes SET bytes = bytes + $2 WHERE repository_id = $1', [
      id,
      (BigInt(actual) - BigInt(kept ?? 0)).toString(),
    ]);
  }
  const [has, keeps] =
    kept === null ? [formatBytes(Number(actual)), 'no size'] : formatDifferentBytes(Number(actual), Number(kept));
  findings.add('sums', {
    kind: 'size-miscounted',
    message: `The ${repository} has ${has}, but ${keeps} is kept for it.`,
    advice: 'Run check with --repair to correct it.',
    repository,
    repair: repair ? 'done' : 'available',
  });
}
