import { HubError } from '../../domain/hub-error.js';

/** Position of the next page of a listing. It includes the commit, so that pages stay consistent while the branch moves. */
export interface TreeCursor {
  readonly commit: string;
  /** Last entry of the previous page, relative to the listed folder. */
  readonly after: string;
}

export function writeTreeCursor({ commit, after }: TreeCursor): string {
  return Buffer.from(JSON.stringify([commit, after])).toString('base64url');
}

/** @throws HubError `BadRequest` for an invalid cursor */
export function readTreeCursor(text: string): TreeCursor {
  try {
    const [commit, after] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof commit === 'string' && typeof after === 'string') return { commit, after };
  } catch {
    // not valid JSON: falls through to the error below
  }
  throw new HubError('BadRequest', 'Invalid cursor');
}
