import type { RepoId } from '../../domain/repo-id.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { toReportEntry } from './access-request-mapper.js';
import type { RequestEntry } from './access-request-list.store.js';

/**
 * The report of all requests, as a file. It is read page by page while it is sent, since popular repositories have very many requests.
 *
 * @param page - reads the requests after one with this id
 */
export async function accessReport(
  { namespace, name }: RepoId,
  page: (cursor: number) => Promise<readonly RequestEntry[]>,
): Promise<WireReply> {
  const first = await page(0); // errors need a status
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename=user-access-report-${namespace}-${name}.json`,
      'cache-control': 'no-store',
    },
    stream: reportBody(first, page),
  };
}

async function* reportBody(
  first: readonly RequestEntry[],
  page: (cursor: number) => Promise<readonly RequestEntry[]>,
): AsyncGenerator<Buffer> {
  let separator = '[';
  for (let entries = first; entries.length > 0; entries = await page(entries.at(-1)!.id)) {
    yield Buffer.from(separator + entries.map((entry) => JSON.stringify(toReportEntry(entry))).join(','));
    separator = ',';
  }
  yield Buffer.from(separator === '[' ? '[]' : ']');
}
