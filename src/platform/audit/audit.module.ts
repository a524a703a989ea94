import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEventEntity } from './audit-event.entity.js';
import { AuditRedaction } from './audit-redaction.service.js';
import { AuditRetention } from './audit-retention.service.js';
import { AuditLog } from './audit-log.service.js';
import { AuditEvents } from './audit-events.store.js';

/** The audit log (ADR 59). */
@Module({
  imports: [TypeOrmModule.forFeature([AuditEventEntity])],
  providers: [AuditLog, AuditEvents, AuditRetention, AuditRedaction],
  exports: [AuditLog, AuditEvents, AuditRedaction],
})
export class AuditModule {}
