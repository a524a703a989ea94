import { PUBLIC_FIELDS } from '@domain/source';
import type { Source, SourceSetting } from './source-draft';

/** The settings of a source in an export file, which never includes the token. */
export const exportedSource = (source: Source): SourceSetting =>
  Object.fromEntries(PUBLIC_FIELDS.map((field) => [field, source[field]])) as unknown as SourceSetting;

/** The content of an export file. Sources from the environment are not included. */
export const exportOf = (sources: readonly Source[]): string =>
  `${JSON.stringify({ sources: sources.filter(({ origin }) => origin === 'database').map(exportedSource) }, null, 2)}\n`;
