import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Gate } from '../store/content-gate.js';

/** @throws HubError `BadRequest` for a gated space, since huggingface.co has none */
export function requireGateable({ type }: RepoId, gated: Gate): void {
  if (type !== 'space' || gated === false) return;
  const message = 'Spaces cannot be gated. Set "visibility" to "private" instead.';
  throw new HubError('BadRequest', message, { fields: [{ field: 'gated', message }] });
}
