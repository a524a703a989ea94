import type { paths } from '@/api/schema';
import { downloadFile } from '@/composables/download-file';
import { admin } from '../admin-session';

type AuditExport = NonNullable<paths['/admin/api/audit-log/export']['get']['parameters']['query']>;

/** Saves the events that match the filter as a file with one JSON object per line. */
export async function saveAuditLog(query: AuditExport): Promise<void> {
  const { data } = await admin.GET('/admin/api/audit-log/export', { params: { query }, parseAs: 'text' });
  downloadFile('audit-log.jsonl', 'application/x-ndjson', data as unknown as string);
}
