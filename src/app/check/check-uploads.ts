import type { DirectUpload } from '../../platform/storage/direct-transfer.js';
import { REPOSITORY, inPages, type Check, type CheckContext } from './check-context.js';

const PAGE_SIZE = 200;
/** Younger uploads may be completing. */
const MIN_AGE = '1 hour';

const STARTED = `
  SELECT u.id, u.oid, u.key, u.upload_id, ${REPOSITORY} AS repository
  FROM direct_uploads u JOIN repositories r ON r.id = u.repository_id
  WHERE u.id > $1 AND u.begun_at < now() - interval '${MIN_AGE}' ORDER BY u.id LIMIT ${PAGE_SIZE}`;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

interface UploadRow {
  readonly id: string;
  readonly oid: string;
  readonly key: string;
  readonly upload_id: string;
  readonly repository: string;
}

/** Every unfinished upload to the bucket still exists there. */
export const UPLOADS: Check = {
  name: 'uploads',
  async run(context) {
    const { database, direct } = context;
    if (direct === undefined) return 0;
    let examined = 0;
    const pages = inPages<UploadRow>((last) => database.query<UploadRow[]>(STARTED, [last?.id ?? FIRST_ID]));
    for await (const page of pages) {
      examined += page.length;
      for (const row of page) await checkUpload(row, context);
    }
    return examined;
  },
};

async function checkUpload({ id, oid, key, upload_id, repository }: UploadRow, context: CheckContext): Promise<void> {
  const { database, direct, findings, repair } = context;
  const upload: DirectUpload = { key, uploadId: upload_id };
  if ((await direct!.parts(upload)) !== undefined || (await direct!.size(upload)) !== undefined) return;
  if (repair) await database.query('DELETE FROM direct_uploads WHERE id = $1', [id]);
  findings.add('uploads', {
    kind: 'upload-missing',
    message: `In ${repository}, the unfinished upload of the file with the SHA-256 ${oid} no longer exists in the bucket.`,
    advice: 'Run check with --repair to delete its record. The client must upload the file again.',
    repository,
    sha256: oid,
    repair: repair ? 'done' : 'available',
  });
}
