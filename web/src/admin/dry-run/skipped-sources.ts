import { allowsRepo } from '@domain/order-sources';
import type { RepoName } from '@/api/repositories';
import type { Source } from '../sources/source-draft';
import type { DryRun } from './dry-run-request';

/** A source that a dry run did not use, and why. */
export interface SkippedSource {
  readonly name: string;
  readonly reason: string;
}

interface Target {
  /** The repository, or the name of an account. */
  readonly target: RepoName | string;
  readonly isSignedIn: boolean;
}

/** An account's name is its namespace. */
function skipReason(source: Source, { target, isSignedIn }: Target, dryRun: DryRun): string {
  const { would_bind: bound } = dryRun;
  if (!source.enabled) return 'disabled';
  const namespace = typeof target === 'string' ? target : target.namespace;
  if (source.namespace && source.namespace.toLowerCase() !== namespace.toLowerCase())
    return `limited to ${source.namespace}`;
  if (typeof target !== 'string' && !allowsRepo(source, target)) return 'its patterns exclude this repository';
  if (source.require_auth && !isSignedIn) return 'requires sign-in';
  if (dryRun.reason && !source.namespace) return 'not configured for this namespace';
  return bound ? `found in ${bound}` : 'an earlier source ended the search, or has precedence over it';
}

/** The sources without an attempt in the dry run. */
export function skippedSources(sources: readonly Source[], target: Target, dryRun: DryRun): SkippedSource[] {
  const tried = new Set(dryRun.attempts.map((attempt) => `${attempt.source_url} ${attempt.source}`));
  return sources
    .filter(({ name, url }) => !tried.has(`${url} ${name}`))
    .map((source) => ({ name: source.name, reason: skipReason(source, target, dryRun) }));
}
