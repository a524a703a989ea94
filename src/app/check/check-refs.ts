import { objectId } from '../../repos/store/git-objects.js';
import { countRows, inPages, REPOSITORY, RESTORE, type Check, type CheckContext } from './check-context.js';

const PAGE_SIZE = 1000;

/** Refs whose commit does not exist. One statement, so that it sees one state of a database that is in use. */
const DANGLING = `
  SELECT refs.repository_id AS id, refs.name, refs.commit_oid, ${REPOSITORY} AS repository
  FROM refs JOIN repositories r ON r.id = refs.repository_id
  WHERE (refs.repository_id, refs.name) > ($1, $2)
    AND NOT EXISTS (SELECT FROM commits c WHERE c.repository_id = refs.repository_id AND c.oid = refs.commit_oid)
  ORDER BY refs.repository_id, refs.name LIMIT ${PAGE_SIZE}`;

const TAGS = `
  SELECT refs.repository_id AS id, refs.name, tag_oid, tag_body, ${REPOSITORY} AS repository
  FROM refs JOIN repositories r ON r.id = refs.repository_id
  WHERE (refs.repository_id, refs.name) > ($1, $2) AND tag_oid IS NOT NULL
  ORDER BY refs.repository_id, refs.name LIMIT ${PAGE_SIZE}`;

interface RefRow {
  readonly id: number;
  readonly name: string;
  readonly repository: string;
}
type DanglingRow = RefRow & { readonly commit_oid: string };
type TagRow = RefRow & { readonly tag_oid: string; readonly tag_body: Buffer | null };

/** Every ref points to an existing commit, and every annotated tag has its object. */
export const REFS: Check = {
  name: 'refs',
  async run(context) {
    const { database, findings } = context;
    const read = <Row extends RefRow>(sql: string) =>
      inPages<Row>((last) => database.query<Row[]>(sql, [last?.id ?? 0, last?.name ?? '']));
    for await (const page of read<DanglingRow>(DANGLING))
      for (const { name, commit_oid, repository } of page)
        findings.add('refs', {
          kind: 'ref-without-commit',
          message: `In ${repository}, ${name} points to the commit ${commit_oid}, which does not exist.`,
          advice: `${RESTORE} Or delete the branch or tag.`,
          repository,
        });
    for await (const page of read<TagRow>(TAGS)) checkTags(page, context);
    return countRows(database, 'refs');
  },
};

function checkTags(tags: readonly TagRow[], { findings }: CheckContext): void {
  for (const { name, tag_oid, tag_body, repository } of tags)
    if (!tag_body || objectId('tag', tag_body) !== tag_oid)
      findings.add('refs', {
        kind: 'tag-damaged',
        message: `In ${repository}, the annotated tag ${name} does not match its id.`,
        advice: 'Delete the tag and create it again.',
        repository,
      });
}
