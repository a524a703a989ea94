import type { Source, SourceSetting } from './source-draft';

/** A stored source as import files have it: never with a token. */
export const exportedSource = (source: Source): SourceSetting => ({
  name: source.name,
  url: source.url,
  source_type: source.source_type,
  priority: source.priority,
  namespace: source.namespace,
  enabled: source.enabled,
  require_auth: source.require_auth,
  delivery: source.delivery,
  on_error: source.on_error,
  include: source.include,
  exclude: source.exclude,
});

/** The sources as a file: those of the environment are its own business. */
export const exportOf = (sources: readonly Source[]): string =>
  `${JSON.stringify({ sources: sources.filter(({ origin }) => origin === 'database').map(exportedSource) }, null, 2)}\n`;
