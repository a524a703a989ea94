import { Injectable } from '@nestjs/common';
import type { Attempt } from '../hub/language/attempt.js';
import type { Operation } from '../hub/language/operation.js';
import type { Source } from '../hub/language/source.js';
import type { Outcome } from '../hub/language/upstream.js';
import { encodePath, encodeQuery } from '../hub/rules/encode-path.js';
import { UpstreamClient, type AskContext } from '../platform/upstream/upstream-client.js';
import { strategyFor } from '../strategies/strategies.js';

/** Asks one source one question in its dialect: plan, ask, classify. */
@Injectable()
export class SourceProbe {
  constructor(private readonly upstream: UpstreamClient) {}

  async attempt(source: Source, operation: Operation, context: AskContext): Promise<Attempt> {
    const strategy = strategyFor(source.type);
    let request = strategy.plan(operation);
    const started = performance.now();
    let outcome = await this.upstream.ask(source, request, context);
    if (request.method === 'HEAD' && rejectsHead(outcome)) {
      request = { ...request, method: 'GET' };
      outcome = withoutBody(await this.upstream.ask(source, request, context));
    }
    return {
      ...strategy.classify(operation, outcome),
      source,
      outcome,
      method: request.method,
      path: `${encodePath(request.segments)}${encodeQuery(request.query)}`,
      ms: Math.round(performance.now() - started),
    };
  }
}

const rejectsHead = (outcome: Outcome): boolean => outcome.status === 405 || outcome.status === 501;

/** Of a GET that stands in for a HEAD only the headers are wanted. */
function withoutBody(outcome: Outcome): Outcome {
  if (outcome.kind === 'reply') outcome.stream?.destroy();
  return outcome;
}
