import { isCached } from './delivery.js';
import type { SourceProperties } from './source.js';

/** Whether files of this source are stored on this hub. */
export const keepsContent = ({ delivery, rules }: Pick<SourceProperties, 'delivery' | 'rules'>): boolean =>
  isCached(delivery) || rules.some((rule) => isCached(rule.delivery));

/**
 * Whether replies of this source are stored in the database. The default for sources is that only the mapping of repositories is cached, so replies are
 * stored only if files are stored too, or if the administrator has set how long they are fresh.
 */
export const keepsReplies = (source: Pick<SourceProperties, 'delivery' | 'rules' | 'freshSeconds'>): boolean =>
  keepsContent(source) || source.freshSeconds !== null;
