/** Files of a repository: small ones, and one LFS object. */
const SMALL_FILES = 4;
const REPOSITORIES_PER_USER = 20;
/** Every tenth repository belongs to one account. */
const BIG_SHARE = 10;

const hash = (text, length) => `lpad(md5(${text}), ${length}, md5(${text} || 'x'))`;

/**
 * Adds accounts and repositories with refs and files, without their bytes. The numbers of spaces, organizations, disabled repositories and names
 * of sources grow with the number of repositories too.
 */
export async function seed(pool, count) {
  const users = Math.ceil(count / REPOSITORIES_PER_USER);
  const statements = [
    `INSERT INTO accounts (kind, name, lookup_name, full_name, name_state, shadowed_source)
     SELECT CASE WHEN n % 10 = 0 THEN 'organization' ELSE 'user' END, 'user-' || n, 'user-' || n, 'User number ' || n,
       CASE WHEN n % 100 = 0 THEN 'shadows' ELSE 'free' END, CASE WHEN n % 100 = 0 THEN 'HuggingFace' END
     FROM generate_series(1, ${users}) n`,
    `INSERT INTO accounts (kind, name, lookup_name, full_name) VALUES ('organization', 'big', 'big', 'Big')`,
    `INSERT INTO repositories (type, namespace, name, lookup_key, owner_id, private, disabled_at, updated_at, downloads, name_state, tags, card_data)
     SELECT type, owner.name, 'repo-' || n, type || ':' || owner.lookup_name || '/repo-' || n, owner.id, n % 7 = 0,
       CASE WHEN n % 100 = 0 THEN now() END, now() - n * interval '1 minute', n % 1000, CASE WHEN n % 100 = 1 THEN 'shadows' ELSE 'free' END,
       ARRAY['license:mit', 'region:us', 'tag-' || n % 50], '{"license": "mit", "language": ["en"]}'
     FROM generate_series(1, ${count}) n
     CROSS JOIN LATERAL (SELECT CASE WHEN n % 10 < 6 THEN 'model' WHEN n % 10 < 9 THEN 'dataset' ELSE 'space' END AS type) t
     JOIN accounts owner ON owner.lookup_name = CASE WHEN n % ${BIG_SHARE} = 0 THEN 'big' ELSE 'user-' || 1 + n % ${users} END`,
    `INSERT INTO refs (repository_id, name, commit_oid) SELECT id, 'refs/heads/main', ${hash('id::text', 40)} FROM repositories`,
    `CREATE TEMPORARY TABLE files AS
       SELECT r.id, f, ${hash(`r.id || '/' || f`, 40)} AS oid, ${hash(`r.id || '/' || f || '!'`, 64)} AS sha256, 1000 + r.id % 997 + f AS size
       FROM repositories r, generate_series(0, ${SMALL_FILES}) f`,
    `INSERT INTO contents (sha256, touched_at) SELECT sha256, now() - interval '1 hour' FROM files`,
    `INSERT INTO lfs_objects (repository_id, sha256, size) SELECT id, sha256, size * 1000 FROM files WHERE f = 0`,
    `INSERT INTO blobs (repository_id, oid, sha256, size, lfs)
     SELECT id, oid, sha256, CASE WHEN f = 0 THEN size * 1000 ELSE size END, f = 0 FROM files`,
    `DROP TABLE files`,
    // as the hub does every hour
    `WITH gone AS (DELETE FROM sum_changes RETURNING key, amount)
     INSERT INTO sum_changes (key, amount) SELECT key, sum(amount) FROM gone GROUP BY key`,
    // as a server does by itself, and the hub for the embedded database
    'VACUUM ANALYZE',
  ];
  const client = await pool.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    client.release();
  }
}
