import { HubError } from '../../domain/hub-error.js';

/** Where the next page of a listing begins. It names the commit, so that pages fit together while the branch moves on. */
export interface TreeCursor {
  readonly commit: string;
  /** The last entry of the page before, from the listed folder. */
  readonly after: string;
}

export function writeTreeCursor({ commit, after }: TreeCursor): string {
  return Buffer.from(JSON.stringify([commit, after])).toString('base64url');
}

/** @throws HubError BadRequest for what is no cursor of ours */
export function readTreeCursor(text: string): TreeCursor {
  try {
    const [commit, after] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof commit === 'string' && typeof after === 'string') return { commit, after };
  } catch {
    // not JSON: not ours
  }
  throw new HubError('BadRequest', 'The cursor is not one that this hub gave');
}
