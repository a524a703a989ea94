import type { Outcome } from '../../domain/upstream.js';

const ECHOED = '***';

/** A source may repeat in an error what it was sent; its token is shown to nobody (law 5). */
export function redactToken(outcome: Outcome, token: string): Outcome {
  if (outcome.kind === 'failure' || outcome.status < 400) return outcome;
  const { headers, message } = outcome;
  const said = headers['x-error-message'];
  if (!message?.includes(token) && !said?.includes(token)) return outcome;
  return {
    ...outcome,
    message: message?.replaceAll(token, ECHOED),
    headers: { ...headers, ...(said && { 'x-error-message': said.replaceAll(token, ECHOED) }) },
  };
}
