import { Module } from '@nestjs/common';
import { UsersModule } from '../users.module.js';
import { AuthController } from './auth.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { SessionCookieService } from './session-cookie.service.js';
import { TokensController } from './tokens.controller.js';
import { WhoamiController } from './whoami.controller.js';

/** What people and clients ask about accounts. */
@Module({
  imports: [UsersModule],
  controllers: [AuthController, TokensController, WhoamiController, OrganizationsController],
  providers: [SessionCookieService],
})
export class UsersApiModule {}
