import type { Attempt } from '../../domain/attempt.js';

/** The header `X-Fallback-Trace` for an administrator: all attempts of a request, as JSON in base64. */
export const traceOf = (attempts: readonly Attempt[]): { 'x-fallback-trace': string } => ({
  'x-fallback-trace': Buffer.from(
    JSON.stringify(
      attempts.map(({ source, method, path, outcome, verdict, category, ms }) => ({
        source: source.name,
        method,
        path,
        status: outcome.status ?? null,
        decision: verdict,
        category,
        ms,
        ...(outcome.kind === 'reply' && outcome.age !== undefined && { age: outcome.age }),
      })),
    ),
  ).toString('base64'),
});
