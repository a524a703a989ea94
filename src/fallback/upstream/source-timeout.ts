import type { Source } from '../../domain/source.js';
import type { HubConfig } from '../../platform/config/hub-config.js';

/** The timeout for the response headers of a source, in milliseconds. */
export const timeoutMsOf = (
  { timeoutSeconds }: Pick<Source, 'timeoutSeconds'>,
  { fallback }: Pick<HubConfig, 'fallback'>,
): number => (timeoutSeconds === null ? fallback.timeoutMs : timeoutSeconds * 1000);
