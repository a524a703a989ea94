import { ApiError } from '@/api/api-error';

export type ErrorKind = 'gated' | 'denied' | 'absent' | 'away' | 'other';

export interface ErrorDescription {
  readonly kind: ErrorKind;
  readonly title: string;
  readonly text: string;
  /** May the same question be answered a little later? */
  readonly mayPass: boolean;
}

const ABSENT: Readonly<Record<string, string>> = {
  RevisionNotFound: 'There is no such revision',
  EntryNotFound: 'There is nothing at this path',
};
const AWAY = new Set([0, 429, 502, 503, 504]);

/** Tells a person what an error means for them. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof ApiError))
    return { kind: 'other', title: 'Something went wrong', text: String(error), mayPass: true };
  const text = error.detail ? `${error.message} ${error.detail}` : error.message;
  if (error.code === 'GatedRepo') return { kind: 'gated', title: 'This repository is gated', text, mayPass: false };
  if (error.status === 401 || error.status === 403)
    return { kind: 'denied', title: 'You may not see this', text, mayPass: false };
  if (error.status === 404)
    return { kind: 'absent', title: ABSENT[error.code ?? ''] ?? 'Not found', text, mayPass: false };
  if (AWAY.has(error.status)) return { kind: 'away', title: awayTitle(error), text, mayPass: true };
  return { kind: 'other', title: 'That did not work', text, mayPass: error.status >= 500 };
}

function awayTitle({ status, source, sources }: ApiError): string {
  if (status === 0) return 'The hub cannot be reached';
  const name = source ?? (sources.length === 1 ? sources[0]!.name : undefined);
  if (status === 429) return name ? `The source ${name} asks us to wait` : 'Too many requests';
  return name ? `The source ${name} is not answering` : 'A source is not answering';
}
