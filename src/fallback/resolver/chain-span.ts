import type { AnyOperation } from '../../domain/operation.js';
import { HubError } from '../../domain/hub-error.js';
import type { SpanShape } from '../../platform/observability/spans.service.js';

/** How a question for sources looks in a trace; what it ends with is told as the figures tell it. */
export const chainSpan = <T>(operation: AnyOperation['kind']): SpanShape<T> => ({
  name: `chain ${operation}`,
  kind: 'internal',
  facts: { 'hubfall.operation': operation },
  conclude: (given) => ({ facts: { 'hubfall.outcome': given === undefined ? 'not-asked' : 'served' } }),
  nameError: (error) => (error instanceof HubError ? error.code : undefined),
});
