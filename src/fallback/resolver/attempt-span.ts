import type { Attempt } from '../../domain/attempt.js';
import type { AnyOperation } from '../../domain/operation.js';
import type { Source } from '../../domain/source.js';
import type { SpanDescription } from '../../platform/observability/spans.service.js';

/**
 * The span of an attempt: the source, its reply, and the verdict. It does not name the repository, which is in the log line of the request.
 */
export const attemptSpan = (source: Source, operation: AnyOperation): SpanDescription<Attempt> => ({
  name: `attempt ${source.name}`,
  kind: 'client',
  facts: { 'hubfall.source': source.name, 'hubfall.source_type': source.type, 'hubfall.operation': operation.kind },
  conclude: ({ outcome, verdict, category, method }) => ({
    facts: {
      'http.request.method': method,
      'http.response.status_code': outcome.status,
      'hubfall.decision': verdict,
      'hubfall.category': category,
    },
    isFailure: outcome.kind === 'failure' || outcome.status >= 500,
  }),
});
