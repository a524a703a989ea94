import { Module } from '@nestjs/common';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { ProfilesService } from '../profiles.service.js';
import { UsersModule } from '../users.module.js';
import { AccountListsController } from './account-lists.controller.js';
import { AccountSettingsController } from './account-settings.controller.js';
import { AuthController } from './auth.controller.js';
import { AvatarLinks } from './avatar-links.service.js';
import { AvatarsController } from './avatars.controller.js';
import { ListedPeople } from './listed-people.service.js';
import { MemberLinks } from './member-links.service.js';
import { OrganizationsController } from './organizations.controller.js';
import { ProfilesController } from './profiles.controller.js';
import { SessionCookieService } from './session-cookie.service.js';
import { ShownPeople } from './shown-people.service.js';
import { ShownPictures } from './shown-pictures.service.js';
import { TokensController } from './tokens.controller.js';
import { WhoamiController } from './whoami.controller.js';

/** What people and clients ask about accounts. */
@Module({
  imports: [UsersModule, FallbackModule],
  controllers: [
    ...[AuthController, TokensController, WhoamiController],
    ...[OrganizationsController, ProfilesController, AccountListsController],
    ...[AccountSettingsController, AvatarsController],
  ],
  providers: [
    ...[SessionCookieService, MemberLinks, AvatarLinks],
    ...[ProfilesService, ShownPeople, ListedPeople, ShownPictures],
  ],
})
export class UsersApiModule {}
