import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FallbackSourcesModule } from '../fallback/sources/fallback-sources.module.js';
import { OutboundModule } from '../fallback/upstream/outbound.module.js';
import { AuditModule } from '../platform/audit/audit.module.js';
import { WebhookDeliveryEntity } from './webhook-delivery.entity.js';
import { WebhookEntity } from './webhook.entity.js';
import { WebhookOutbox } from './webhook-outbox.service.js';
import { WebhookSender } from './webhook-sender.service.js';
import { WebhookStore } from './webhook.store.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** Notifies other programs of changes of repositories (ADR 68). */
@Module({
  imports: [
    AuditModule,
    FallbackSourcesModule,
    OutboundModule,
    TypeOrmModule.forFeature([WebhookEntity, WebhookDeliveryEntity]),
  ],
  controllers: [WebhooksController],
  providers: [WebhookOutbox, WebhookSender, WebhookStore, WebhooksService],
})
export class WebhooksModule {}
