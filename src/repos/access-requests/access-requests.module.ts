import { Module } from '@nestjs/common';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { UsersModule } from '../../users/users.module.js';
import { LocalStoreModule } from '../store/local-store.module.js';
import { AccessRequestListStore } from './access-request-list.store.js';
import { AccessRequestsController } from './access-requests.controller.js';
import { AccessRequestsService } from './access-requests.service.js';
import { RequestReviewsController } from './request-reviews.controller.js';
import { RequestReviews } from './request-reviews.service.js';

/** Requests for access to gated repositories, and their reviews. */
@Module({
  imports: [LocalStoreModule, UsersModule, FallbackModule],
  controllers: [AccessRequestsController, RequestReviewsController],
  providers: [AccessRequestListStore, AccessRequestsService, RequestReviews],
})
export class AccessRequestsModule {}
