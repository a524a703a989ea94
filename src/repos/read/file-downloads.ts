import type { FileOperation } from '../../domain/operation.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import type { DownloadedRepo, Downloader, SentFile } from '../store/download.js';
import { countsAsDownload } from './counts-as-download.js';

/** The part of `DownloadCounts` that responses use. */
export interface DownloadBook {
  record(of: DownloadedRepo, by: Downloader): void;
  sent(of: DownloadedRepo, by: Downloader, file: SentFile, bytes: number): void;
}

/** A file request, and the repository that the response is from. */
export interface FileDownload {
  readonly operation: FileOperation;
  readonly of: DownloadedRepo;
  readonly by: Downloader;
}

/** Counts a download when its response begins, and its bytes when it has been sent. */
export function countedReply(book: DownloadBook, { operation, of, by }: FileDownload, reply: WireReply): WireReply {
  if (countsAsDownload(operation, reply)) book.record(of, by);
  const isStart = countsAsDownload({ ...operation, raw: false }, reply); // raw files are read as well, by programs
  if (!isStart && reply.served === undefined) return reply;
  const commit = reply.headers['x-repo-commit'];
  const file = { path: operation.path.join('/'), commit, delivery: reply.served?.kind ?? 'own', isStart } as const;
  if (reply.served === undefined) {
    book.sent(of, by, file, 0); // an empty file
    return reply;
  }
  const onSent = (bytes: number): void => {
    reply.onSent?.(bytes);
    book.sent(of, by, file, bytes);
  };
  return { ...reply, onSent };
}
