import type { Source, SourceSetting } from './source-draft';

/** The settings of a source in an export file, which never includes the token. */
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

/** The content of an export file. Sources from the environment are not included. */
export const exportOf = (sources: readonly Source[]): string =>
  `${JSON.stringify({ sources: sources.filter(({ origin }) => origin === 'database').map(exportedSource) }, null, 2)}\n`;
