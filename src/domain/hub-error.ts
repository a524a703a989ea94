import type { AttemptCategory } from './attempt.js';
import type { RepoId } from './repo-id.js';

/** Every error of the hub. Only `platform/http/hub-error.filter.ts` maps them to statuses and headers. */
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
  'QuotaExceeded',
  'BadRequest',
  'Conflict',
  'PreconditionFailed',
  'RangeNotSatisfiable',
  'PayloadTooLarge',
  'RequestTimeout',
  'RateLimited',
  'UpstreamFailed',
  'UpstreamUnavailable',
  'UpstreamTimeout',
  'ServiceDisabled',
  'NotImplemented',
  'Overloaded',
  'StorageFull',
  'StorageUnavailable',
  'ContentMissing',
  'Offline',
] as const;
export type HubErrorCode = (typeof HUB_ERROR_CODES)[number];

/** A tried source in an error response; contains no tokens, stacks or bodies. */
export interface SourceReport {
  readonly name: string;
  readonly status: number | null;
  readonly category: AttemptCategory;
}

/** Additional data of an error. */
export interface HubErrorFacts {
  /** Additional body fields that clients read, such as the `url` of an existing repository. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Explains the message. */
  readonly detail?: string;
  readonly sources?: readonly SourceReport[];
  /** For `Retry-After`, in whole seconds. */
  readonly retryAfter?: number;
  /** The commit that does not contain the entry; clients cache this fact. */
  readonly commit?: string;
  /** Size of the file in bytes, for `Content-Range: bytes *\/N`. */
  readonly size?: number;
  /** Invalid input fields. */
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
  /** Replaces the usual status of the code. */
  readonly status?: number;
  /** The source that returned this error. */
  readonly source?: { readonly name: string; readonly url: string };
  /** Additional response headers, such as the administrator's trace. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Former and current id of a renamed local repository. */
  readonly moved?: { readonly from: RepoId; readonly to: RepoId };
  /** Ends the message with the page of a repository, and what the caller can do there. */
  readonly visit?: { readonly repo: RepoId; readonly to: string };
  /** Whether the credentials of an account of this hub may help, so that git asks for them. */
  readonly signIn?: true;
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

  /** Returns a copy with additional data. */
  with(more: HubErrorFacts): HubError {
    return new HubError(this.code, this.message, { ...this.facts, ...more });
  }

  /** Returns a copy with another message and other data. */
  withMessage(message: string, facts: HubErrorFacts): HubError {
    return new HubError(this.code, message, facts);
  }
}
