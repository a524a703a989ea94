import type { AnyOperationKind } from '../../domain/operation.js';
import { HubError } from '../../domain/hub-error.js';
import type { SpanDescription } from '../../platform/observability/spans.service.js';

/** The span of a request to sources. Its outcome has the same values as in the metrics. */
export const chainSpan = <T>(operation: AnyOperationKind): SpanDescription<T> => ({
  name: `chain ${operation}`,
  kind: 'internal',
  facts: { 'hubfall.operation': operation },
  conclude: (reply) => ({ facts: { 'hubfall.outcome': reply === undefined ? 'not-asked' : 'served' } }),
  nameError: (error) => (error instanceof HubError ? error.code : undefined),
});
