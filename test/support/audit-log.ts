import type { DataSource } from 'typeorm';
import { AuditLog } from '../../src/platform/audit/audit-log.service.js';

/** An audit log that writes to a test's database. */
export const auditLogOf = (database: DataSource): AuditLog => new AuditLog(database, () => new Date());
