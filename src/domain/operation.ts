import type { RepoId } from './repo-id.js';

/** Query parameters as asked, decoded, in order; a repeated name stands as often as it was sent. */
export type QueryPairs = readonly (readonly [name: string, value: string])[];

/** The only headers of a client that may travel to a source (law 5): lower-case names. */
export interface Conditions {
  readonly range?: string;
  readonly 'if-match'?: string;
  readonly 'if-none-match'?: string;
  readonly 'if-modified-since'?: string;
  readonly 'if-unmodified-since'?: string;
  readonly 'if-range'?: string;
}

interface OnRepo {
  readonly repo: RepoId;
}

/** One file of a revision: `resolve` gives its content, `raw` what git holds (the pointer of a large file). */
export interface FileOperation extends OnRepo {
  readonly kind: 'resolve';
  readonly raw: boolean;
  readonly method: 'HEAD' | 'GET';
  readonly revision: string;
  /** Decoded segments, at least one. */
  readonly path: readonly string[];
  readonly query: QueryPairs;
  readonly conditions: Conditions;
}

export interface InfoOperation extends OnRepo {
  readonly kind: 'info';
  readonly query: QueryPairs;
}

/** `rest`: the decoded segments after the verb. A revision with raw slashes spans several (the JS client sends such). */
interface OnRevision extends OnRepo {
  readonly rest: readonly string[];
  readonly query: QueryPairs;
}

export interface RevisionOperation extends OnRevision {
  readonly kind: 'revision';
}

/** `rest` is the revision and then the folder. */
export interface TreeOperation extends OnRevision {
  readonly kind: 'tree';
}

export interface CommitsOperation extends OnRevision {
  readonly kind: 'commits';
}

export interface PathsInfoOperation extends OnRevision {
  readonly kind: 'pathsInfo';
  readonly paths: readonly string[];
  readonly expand: boolean;
}

export interface RefsOperation extends OnRepo {
  readonly kind: 'refs';
  readonly query: QueryPairs;
}

/** A question about a repository that the hub can be asked. */
export type Operation =
  | FileOperation
  | InfoOperation
  | RevisionOperation
  | TreeOperation
  | PathsInfoOperation
  | RefsOperation
  | CommitsOperation;

export type OperationKind = Operation['kind'];

/** Does the question concern one file, so that "not found" may mean the file and not the repository? */
export const asksForFile = (kind: string): boolean => kind === 'resolve' || kind === 'pathsInfo';
