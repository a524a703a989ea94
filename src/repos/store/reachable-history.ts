/**
 * SQL that selects the commits reachable from a repository's refs (`$1`), as spans of lines (see `CommitEntity.line`): a commit is reachable
 * if `reached` has its line up to its generation or higher. `heads` has the lines of the refs only, without the lines that they forked from.
 */
export const REACHED = `
  WITH RECURSIVE heads AS MATERIALIZED (
      SELECT c.line, max(c.generation) AS up_to FROM refs r
      JOIN commits c ON c.repository_id = r.repository_id AND c.oid = r.commit_oid WHERE r.repository_id = $1 GROUP BY c.line),
  spans (line, up_to) AS (
      SELECT line, up_to FROM heads
    UNION
      SELECT parent.line, parent.generation FROM spans
      JOIN commits first ON first.repository_id = $1 AND first.oid = spans.line
      JOIN commits parent ON parent.repository_id = $1 AND parent.oid = first.parent_oid),
  reached AS MATERIALIZED (SELECT line, max(up_to) AS up_to FROM spans GROUP BY line)`;
