import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { UsersModule } from '../../users/users.module.js';
import { NamespaceContentEntity } from './namespace-content.entity.js';
import { NamespaceUsages } from './namespace-usages.service.js';
import { QuotaController } from './quota.controller.js';
import { QuotaService } from './quota.service.js';
import { QuotaStore } from './quota.store.js';
import { SumChangeEntity } from './sum-change.entity.js';
import { SumStore } from './sum.store.js';
import { TotalMetrics } from './total-metrics.service.js';
import { UploadLimits } from './upload-limits.service.js';
import { UploadReservationEntity } from './upload-reservation.entity.js';
import { UsageCleanup } from './usage-cleanup.service.js';
import { UsageChangeEntity } from './usage-change.entity.js';

/** How much accounts and the hub store, and how much accounts may store. */
@Module({
  imports: [
    StorageModule,
    UsersModule,
    TypeOrmModule.forFeature([NamespaceContentEntity, UsageChangeEntity, SumChangeEntity, UploadReservationEntity]),
  ],
  controllers: [QuotaController],
  providers: [QuotaStore, SumStore, QuotaService, NamespaceUsages, UploadLimits, UsageCleanup, TotalMetrics],
  exports: [QuotaStore, SumStore, QuotaService, NamespaceUsages, UploadLimits],
})
export class QuotaModule {}
