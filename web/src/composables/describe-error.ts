import { ApiError } from '@/api/api-error';

export type ErrorKind = 'gated' | 'forbidden' | 'notFound' | 'unavailable' | 'other';

export interface ErrorDescription {
  readonly kind: ErrorKind;
  readonly title: string;
  readonly text: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
}

const NOT_FOUND_TITLES: Readonly<Record<string, string>> = {
  RevisionNotFound: 'Revision not found',
  EntryNotFound: 'File not found',
};
const UNAVAILABLE_STATUS = new Set([0, 429, 502, 503, 504]);

/** Title and text of an error for display. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof ApiError))
    return { kind: 'other', title: 'Something went wrong', text: String(error), retryable: true };
  const text = error.detail ? `${error.message} ${error.detail}` : error.message;
  if (error.code === 'GatedRepo')
    return { kind: 'gated', title: 'This repository is gated', text: gatedText(error) ?? text, retryable: false };
  if (error.status === 401 || error.status === 403)
    return { kind: 'forbidden', title: 'You don’t have access', text, retryable: false };
  if (error.status === 404)
    return { kind: 'notFound', title: NOT_FOUND_TITLES[error.code ?? ''] ?? 'Not found', text, retryable: false };
  if (UNAVAILABLE_STATUS.has(error.status))
    return { kind: 'unavailable', title: unavailableTitle(error), text, retryable: true };
  return { kind: 'other', title: 'Something went wrong', text, retryable: error.status >= 500 };
}

/** For a repository of a source: its message asks users to log in, but an account of this hub does not help there. */
function gatedText({ sources }: ApiError): string | undefined {
  const name = sources.find(({ category }) => category === 'auth')?.name;
  return (
    name &&
    `Only accounts that were given access at ${name} can read its files, and this hub has none. An administrator of this hub can request access there and enter the access token of the account in Admin → Fallback sources. You can also download the files from ${name} with your account there.`
  );
}

function unavailableTitle({ status, source, sources }: ApiError): string {
  if (status === 0) return 'Hub unreachable';
  const name = source ?? (sources.length === 1 ? sources[0]!.name : undefined);
  if (status === 429) return name ? `Rate limit of ${name} reached` : 'Too many requests';
  return name ? `${name} is not responding` : 'A source is not responding';
}
