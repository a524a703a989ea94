import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StorageModule } from '../../platform/storage/storage.module.js';
import { UsersModule } from '../../users/users.module.js';
import { NamespaceContentEntity } from './namespace-content.entity.js';
import { NamespaceUsages } from './namespace-usages.service.js';
import { QuotaController } from './quota.controller.js';
import { QuotaService } from './quota.service.js';
import { QuotaStore } from './quota.store.js';
import { UploadLimits } from './upload-limits.service.js';
import { UploadReservationEntity } from './upload-reservation.entity.js';
import { UsageCleanup } from './usage-cleanup.service.js';
import { UsageChangeEntity } from './usage-change.entity.js';

/** How much accounts store, and how much they may store. */
@Module({
  imports: [
    StorageModule,
    UsersModule,
    TypeOrmModule.forFeature([NamespaceContentEntity, UsageChangeEntity, UploadReservationEntity]),
  ],
  controllers: [QuotaController],
  providers: [QuotaStore, QuotaService, NamespaceUsages, UploadLimits, UsageCleanup],
  exports: [QuotaStore, QuotaService, NamespaceUsages, UploadLimits],
})
export class QuotaModule {}
