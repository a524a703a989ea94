import type { AttemptCategory } from './attempt.js';
import type { RepoId } from './repo-id.js';

/** Every way in which the hub says no. Their status and headers are in `platform/http/hub-error.filter.ts` alone. */
export const HUB_ERROR_CODES = [
  'RepoNotFound',
  'RevisionNotFound',
  'EntryNotFound',
  'NotFound',
  'Moved',
  'GatedRepo',
  'Disabled',
  'Unauthorized',
  'Forbidden',
  'BadRequest',
  'Conflict',
  'PreconditionFailed',
  'RangeNotSatisfiable',
  'PayloadTooLarge',
  'RateLimited',
  'UpstreamFailed',
  'UpstreamUnavailable',
  'UpstreamTimeout',
  'ServiceDisabled',
  'NotImplemented',
  'StorageFull',
  'StorageUnavailable',
] as const;
export type HubErrorCode = (typeof HUB_ERROR_CODES)[number];

/** What is told of a source that was tried: never a token, a stack or a body. */
export interface SourceReport {
  readonly name: string;
  readonly status: number | null;
  readonly category: AttemptCategory;
}

/** Facts that travel with an error. */
export interface HubErrorFacts {
  /** Further members of the answer's body that clients read (the `url` of what exists already). */
  readonly body?: Readonly<Record<string, unknown>>;
  /** A longer explanation than the message. */
  readonly detail?: string;
  readonly sources?: readonly SourceReport[];
  /** Whole seconds, for `Retry-After`. */
  readonly retryAfter?: number;
  /** The commit a missing entry was looked up in: clients remember that it is missing there. */
  readonly commit?: string;
  /** The whole size, for `Content-Range: bytes *\/N`. */
  readonly size?: number;
  /** Which input was wrong, and how. */
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
  /** Another status than the code's usual one (a parser's, a gated repository's). */
  readonly status?: number;
  /** Name and URL of the source whose error this is. */
  readonly source?: { readonly name: string; readonly url: string };
  /** Further headers of the answer, for an administrator's trace. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Which of the hub's own repositories was asked for under a name that it had before, and where it is now. */
  readonly moved?: { readonly from: RepoId; readonly to: RepoId };
  readonly cause?: unknown;
}

/** The only error that services throw. */
export class HubError extends Error {
  constructor(
    readonly code: HubErrorCode,
    message: string,
    readonly facts: HubErrorFacts = {},
  ) {
    super(message, { cause: facts.cause });
    this.name = 'HubError';
  }

  /** The same error with further facts. */
  with(more: HubErrorFacts): HubError {
    return new HubError(this.code, this.message, { ...this.facts, ...more });
  }
}
