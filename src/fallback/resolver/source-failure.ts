import { chooseFailure } from '../../domain/choose-failure.js';
import { classifyReply } from '../../domain/classify-reply.js';
import type { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import type { Outcome } from '../../domain/upstream.js';

/**
 * The error for a request about a repository that is not an operation of the chain, and that its source does not serve.
 *
 * @param nameOf - the server that failed, as for `chooseFailure`
 */
export function sourceFailure(
  source: Source,
  repo: RepoId,
  outcome: Outcome,
  nameOf?: (source: Pick<Source, 'name'>) => string,
): HubError {
  const classification = classifyReply({ kind: 'info', repo, query: [] }, outcome);
  return chooseFailure([{ ...classification, source, outcome, method: 'GET', path: '', ms: 0 }], 'info', nameOf);
}
