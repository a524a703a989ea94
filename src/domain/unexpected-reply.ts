import type { AnyOperationKind } from './operation.js';

/** The reason that a reply is not the reply of a hub, as sentences without the last full stop. */
export function unexpectedReply(kind: AnyOperationKind, status: number): string {
  if (status >= 400)
    return `It responded with HTTP ${status}, but without the error message of a hub. Check the URL of the source, and whether a proxy responds in its place`;
  return `${problemOf(kind, status)}. Check the URL and the type of the source`;
}

function problemOf(kind: AnyOperationKind, status: number): string {
  if (status >= 300) return `It redirected to another address (HTTP ${status})`;
  const missing = kind === 'resolve' ? 'without the X-Repo-Commit header' : 'not with the JSON';
  return `It responded with HTTP ${status}, but ${missing} of a hub`;
}
