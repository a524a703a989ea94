import type { Caller } from '../../domain/caller.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { ServedKind } from '../../platform/http/hub-request.js';

/** The repository that a file is downloaded from: a local one by its id, an external one by its name and source. */
export type DownloadedRepo =
  | { readonly repositoryId: number }
  | { readonly repositoryId?: undefined; readonly repo: RepoId; readonly source: string };

/** The client of a download. */
export interface Downloader {
  readonly caller: Caller;
  readonly address: string;
}

/** A file that was sent, or to which the client was redirected. */
export interface SentFile {
  readonly path?: string | undefined;
  readonly commit?: string | undefined;
  readonly delivery: ServedKind;
  /** Whether it begins with the first byte. Other parts of a file are one event of the audit log in five minutes. */
  readonly isStart: boolean;
  /** How the file was sent, if not over plain HTTP. */
  readonly over?: 'xet' | 'lfs' | 'git';
}

/** Where the bytes come from, in the audit log. */
export const DELIVERIES: Readonly<Record<ServedKind, string>> = {
  own: 'local',
  held: 'cached',
  relayed: 'fetched',
  redirected: 'redirected',
};
