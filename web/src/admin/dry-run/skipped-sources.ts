import type { Source as ChainSource } from '@domain/source';
import { admits } from '@domain/order-sources';
import type { RepoName } from '@/api/repositories';
import type { Source } from '../sources/source-draft';
import type { DryRun } from './dry-run-request';

const chainSource = (source: Source): ChainSource => ({
  key: `${source.id}`,
  name: source.name,
  url: source.url,
  type: source.source_type,
  priority: source.priority,
  namespace: source.namespace,
  enabled: source.enabled,
  requireAuth: source.require_auth,
  delivery: source.delivery,
  onError: source.on_error,
  include: source.include,
  exclude: source.exclude,
  hasToken: source.has_token,
});

/** Why one source of a chain was not asked. An account's name is its namespace. */
function reason(source: Source, repo: RepoName | string, signedIn: boolean, { would_bind: bound }: DryRun): string {
  if (!source.enabled) return 'it is disabled';
  const namespace = typeof repo === 'string' ? repo : repo.namespace;
  if (source.namespace && source.namespace.toLowerCase() !== namespace.toLowerCase())
    return `it is for ${source.namespace} only`;
  if (typeof repo !== 'string' && !admits(chainSource(source), repo)) return 'its patterns leave this repository out';
  if (source.require_auth && !signedIn) return 'it is for signed-in callers only';
  return bound ? `${bound} had answered before` : 'a source before it had ended the chain, or stands in for it';
}

/** The sources that a rehearsal has passed over, and why. */
export function skippedSources(
  sources: readonly Source[],
  repo: RepoName | string,
  signedIn: boolean,
  rehearsal: DryRun,
): { readonly name: string; readonly why: string }[] {
  const asked = new Set(rehearsal.attempts.map(({ source, source_url: url }) => `${url} ${source}`));
  return sources
    .filter(({ name, url }) => !asked.has(`${url} ${name}`))
    .map((source) => ({ name: source.name, why: reason(source, repo, signedIn, rehearsal) }));
}
