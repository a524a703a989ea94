import type { Attempt } from '../../domain/attempt.js';
import { isDefinitiveNotFound } from '../resolver/definitive-answer.js';

/** Whether a source has a name; `unknown` if it gave no definitive answer. */
export type NamePresence = 'yes' | 'no' | 'unknown';

/** Categories of repositories that exist, although the hub may not read them. */
const EXISTS: ReadonlySet<string> = new Set(['auth', 'disabled']);

/**
 * Whether a source has the repository that an attempt requested. It also has gated and disabled repositories, and repositories of which only
 * the revision is missing. A source that denies access in general or rejects its token gave no definitive answer (invariant 9).
 */
export function repoPresence(attempt: Attempt): NamePresence {
  if (attempt.verdict !== 'next' || EXISTS.has(attempt.category)) return 'yes';
  return isDefinitiveNotFound(attempt) ? 'no' : 'unknown';
}

/** Whether a source has an organization, from the attempts to look it up. One that serves is enough. */
export function organizationPresence(attempts: readonly Attempt[]): NamePresence {
  if (attempts.some(({ verdict }) => verdict === 'serve')) return 'yes';
  return attempts.every(isDefinitiveNotFound) ? 'no' : 'unknown';
}
