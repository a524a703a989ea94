import type { Source } from './source.js';

/** Whether files of this source are stored on this hub. */
export const keepsContent = ({ delivery }: Pick<Source, 'delivery'>): boolean => delivery === 'cache';

/**
 * Whether replies of this source are kept in the database. The default for sources is that only the mapping of repositories is cached, so replies are
 * kept only if their files are kept too, or if the administrator has set how long they are fresh.
 */
export const keepsReplies = (source: Pick<Source, 'delivery' | 'freshSeconds'>): boolean =>
  keepsContent(source) || source.freshSeconds !== null;
