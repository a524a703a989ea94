import { Module } from '@nestjs/common';
import { AuditModule } from '../../platform/audit/audit.module.js';
import { FallbackModule } from '../../fallback/resolver/fallback.module.js';
import { LocalProfilesService } from '../local-profiles.service.js';
import { UsersModule } from '../users.module.js';
import { AccountListsController } from './account-lists.controller.js';
import { AccountSettingsController } from './account-settings.controller.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditPages } from './audit-pages.service.js';
import { AuthController } from './auth.controller.js';
import { AvatarsController } from './avatars.controller.js';
import { AccountListPages } from './account-list-pages.service.js';
import { DeviceLoginsController } from './device-logins.controller.js';
import { IdentitiesController } from './identities.controller.js';
import { OidcController } from './oidc.controller.js';
import { InvitationsController } from './invitations.controller.js';
import { OrganizationInvitationsController } from './organization-invitations.controller.js';
import { SetupController } from './setup.controller.js';
import { SessionsController } from './sessions.controller.js';
import { OidcModule } from '../oidc/oidc.module.js';
import { OauthController } from './oauth.controller.js';
import { OrganizationsController } from './organizations.controller.js';
import { ProfilesController } from './profiles.controller.js';
import { ServiceAccountsController } from './service-accounts.controller.js';
import { SessionCookieService } from './session-cookie.service.js';
import { ProfilesService } from './profiles.service.js';
import { AvatarsService } from './avatars.service.js';
import { TokensController } from './tokens.controller.js';
import { WhoamiController } from './whoami.controller.js';

/** The account API for clients and the web app. */
@Module({
  imports: [AuditModule, UsersModule, OidcModule, FallbackModule],
  controllers: [
    AuditLogController,
    AuthController,
    TokensController,
    DeviceLoginsController,
    OauthController,
    OidcController,
    IdentitiesController,
    SessionsController,
    SetupController,
    WhoamiController,
    OrganizationsController,
    OrganizationInvitationsController,
    InvitationsController,
    ServiceAccountsController,
    ProfilesController,
    AccountListsController,
    AccountSettingsController,
    AvatarsController,
  ],
  providers: [
    AuditPages,
    SessionCookieService,
    LocalProfilesService,
    ProfilesService,
    AccountListPages,
    AvatarsService,
  ],
  exports: [AuditPages],
})
export class UsersApiModule {}
