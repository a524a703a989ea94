import * as parse from './parsers.js';
import type { AuditConfig } from './hub-config.js';
import { withDefault, type Variable } from './variable.js';

const MAX_DAYS = 36_500;

/** The audit log and the usage of repositories. */
export const AUDIT_VARIABLES = {
  auditDownloads: withDefault(
    'KOHAKU_HUB_AUDIT_DOWNLOADS',
    'true',
    parse.boolean,
    'Whether downloads are events of the audit log. They are counted in any case',
  ),
  auditDays: withDefault(
    'KOHAKU_HUB_AUDIT_RETENTION_DAYS',
    '400',
    parse.integer(0, MAX_DAYS),
    'Days after which events of the audit log and the usage of repositories are deleted. 0: never',
  ),
  auditDownloadDays: withDefault(
    'KOHAKU_HUB_AUDIT_DOWNLOAD_RETENTION_DAYS',
    '90',
    parse.integer(0, MAX_DAYS),
    'Days after which downloads are deleted from the audit log. 0: never',
  ),
};

type AuditSettings = {
  readonly [K in keyof typeof AUDIT_VARIABLES]: (typeof AUDIT_VARIABLES)[K] extends Variable<infer T> ? T : never;
};

export const auditOf = (settings: AuditSettings): AuditConfig => ({
  downloads: settings.auditDownloads,
  days: settings.auditDays,
  downloadDays: settings.auditDownloadDays,
});
