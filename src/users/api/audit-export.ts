import type { AuditEvents, AuditFilter, StoredAuditEvent } from '../../platform/audit/audit-events.store.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { toAuditEventDto, toHubEvent } from './dto/audit-event.dto.js';

/** A file with one JSON object per line. It is read in batches while it is sent, since the log may have millions of events. */
export const auditLines = (events: AuditEvents, filter: AuditFilter): WireReply => ({
  ...head('application/x-ndjson', 'audit-log.jsonl'),
  stream: lines(events.all(filter)),
});

/** A JSON array, in the format of the Hub. */
export const hubAuditExport = (events: AuditEvents, filter: AuditFilter, organization: string): WireReply => ({
  ...head('application/json', `audit-log-${organization}.json`),
  stream: array(events.all(filter)),
});

const head = (type: string, filename: string): Pick<WireReply, 'status' | 'headers'> => ({
  status: 200,
  headers: {
    'content-type': type,
    'content-disposition': `attachment; filename="${filename}"`,
    'cache-control': 'no-store',
  },
});

type Batches = AsyncIterable<readonly StoredAuditEvent[]>;

async function* lines(batches: Batches): AsyncGenerator<Buffer> {
  for await (const batch of batches)
    yield Buffer.from(batch.map((event) => `${JSON.stringify(toAuditEventDto(event))}\n`).join(''));
}

async function* array(batches: Batches): AsyncGenerator<Buffer> {
  let separator = '[';
  for await (const batch of batches) {
    yield Buffer.from(separator + batch.map((event) => JSON.stringify(toHubEvent(event))).join(','));
    separator = ',';
  }
  yield Buffer.from(separator === '[' ? '[]' : ']');
}
