import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEventEntity } from './audit-event.entity.js';
import { AuditLog } from './audit-log.service.js';
import { AuditEvents } from './audit-events.store.js';

/** The audit log (ADR 59). */
@Module({
  imports: [TypeOrmModule.forFeature([AuditEventEntity])],
  providers: [AuditLog, AuditEvents],
  exports: [AuditLog, AuditEvents],
})
export class AuditModule {}
