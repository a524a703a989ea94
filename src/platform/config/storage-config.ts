import { auditOf } from './audit-variables.js';
import type { HubConfig } from './hub-config.js';
import { limitsOf } from './quota-variables.js';
import type { Settings } from './variables.js';
import { xetOf } from './xet-variables.js';

/** Settings of stored data and its retention. */
export const storageConfigOf = (settings: Settings): Pick<HubConfig, 'limits' | 'audit' | 'xet'> => ({
  limits: limitsOf(settings),
  audit: auditOf(settings),
  xet: xetOf(settings),
});
