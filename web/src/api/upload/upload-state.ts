import type { CommitResult } from '@/api/commits';
import type { RepoName } from '@/api/repositories';
import type { FileUploadMode } from './preupload';
import type { SelectedFile } from './selected-files';

export type FileState = 'waiting' | 'hashing' | 'sending' | 'ready' | 'failed' | 'ignored';

export interface UploadFile extends SelectedFile {
  state: FileState;
  /** Bytes hashed or sent so far. */
  done: number;
  error?: string;
  mode?: FileUploadMode['uploadMode'];
  /** SHA-256, for LFS files. */
  oid?: string;
}

export interface UploadState {
  files: UploadFile[];
  phase: 'choosing' | 'sending' | 'committing' | 'done';
  error: string | undefined;
  /** Bytes of the commit body sent so far. */
  committed: number;
  result: CommitResult | undefined;
}

export interface UploadTarget {
  readonly repo: RepoName;
  readonly branch: string;
  /** Empty for the root. */
  readonly folder: string;
  readonly summary: string;
  readonly description: string;
}

/** The files to upload: all except those that .gitignore excludes. */
export const includedFiles = ({ files }: UploadState): UploadFile[] => files.filter(({ state }) => state !== 'ignored');
