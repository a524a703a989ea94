import type { Attempt } from '../../domain/attempt.js';

/** What an administrator is told of the attempts made for a request: `X-Fallback-Trace`, base64 of JSON. */
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
