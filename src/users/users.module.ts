import { Module } from '@nestjs/common';
import { AuditModule } from '../platform/audit/audit.module.js';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GuardModule } from '../fallback/guard/guard.module.js';
import { FallbackModule } from '../fallback/resolver/fallback.module.js';
import { ReservedNamesModule } from '../fallback/resolver/reserved-names.module.js';
import { ClusterModule } from '../platform/cluster/cluster.module.js';
import { CALLER_DIRECTORY } from '../platform/http/caller-directory.js';
import { CredentialCheck } from '../platform/http/credential-check.service.js';
import { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import { AccessTokensService, TokenStores } from './access-tokens.service.js';
import { AccountEntity } from './account.entity.js';
import { AccountSettingsService } from './account-settings.service.js';
import { AccountNames } from './account-names.service.js';
import { AccountStore } from './account.store.js';
import { AdministratorsStore } from './administrators.store.js';
import { AccountsService } from './accounts.service.js';
import { AvatarEntity } from './avatar.entity.js';
import { AvatarStore } from './avatar.store.js';
import { DeviceLoginEntity } from './device-login.entity.js';
import { DeviceLoginStore } from './device-login.store.js';
import { DeviceLogins } from './device-logins.service.js';
import { ExternalNames } from './external-names.service.js';
import { LocalAvatarsService } from './local-avatars.service.js';
import { CallersService, CredentialStores } from './callers.service.js';
import { InvitationEntity } from './invitations/invitation.entity.js';
import { InvitationLinks } from './invitations/invitation-links.service.js';
import { InvitationStore } from './invitations/invitation.store.js';
import { Invitations } from './invitations/invitations.service.js';
import { MembershipsByInvitation } from './invitations/memberships-by-invitation.service.js';
import { MembershipEntity } from './membership.entity.js';
import { MembershipStore } from './membership.store.js';
import { OauthLoginStore } from './oauth-login.store.js';
import { OauthTokens } from './oauth-tokens.service.js';
import { OwnSessions } from './own-sessions.service.js';
import { OrganizationsService } from './organizations.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordStore } from './password.store.js';
import { PasswordsService } from './passwords.service.js';
import { AccountLookupService } from './account-lookup.service.js';
import { AvatarEncoder } from './avatar-encoder.service.js';
import { RegistrationService } from './registration.service.js';
import { ReservedAccounts } from './reserved-accounts.service.js';
import { PublisherTokens } from './publisher-tokens.service.js';
import { IdTokens } from './id-tokens.service.js';
import { ServiceAccounts, ServiceAccountStores } from './service-accounts.service.js';
import { ExchangedIdTokenEntity, TrustedPublisherEntity } from './trusted-publisher.entity.js';
import { TrustedPublisherStore } from './trusted-publisher.store.js';
import { OutboundModule } from '../fallback/upstream/outbound.module.js';
import { IdentityEntity } from './oidc/identity.entity.js';
import { SessionEntity } from './session.entity.js';
import { SessionStore } from './session.store.js';
import { SetupService } from './setup.service.js';
import { SignInService, SignInStores } from './sign-in.service.js';
import { AuthLimitsService } from './auth-limits.service.js';
import { TokenScopeEntity } from './token-scope.entity.js';
import { TokenScopeStore } from './token-scope.store.js';
import { TokenScopesService } from './token-scopes.service.js';
import { TokenUses } from './token-uses.service.js';
import { WhoamiService } from './whoami.service.js';

/** Local accounts. Also provides `CallerDirectory`, with which the authentication guard resolves tokens and sessions. */
@Module({
  imports: [
    AuditModule,
    ClusterModule,
    FallbackModule,
    OutboundModule,
    GuardModule,
    ReservedNamesModule,
    TypeOrmModule.forFeature([
      AccountEntity,
      MembershipEntity,
      AccessTokenEntity,
      TokenScopeEntity,
      TrustedPublisherEntity,
      ExchangedIdTokenEntity,
      DeviceLoginEntity,
      SessionEntity,
      IdentityEntity, // sessions refer to it
      AvatarEntity,
      InvitationEntity,
    ]),
  ],
  providers: [
    AccountStore,
    InvitationStore,
    InvitationLinks,
    Invitations,
    MembershipsByInvitation,
    MembershipStore,
    AccessTokenStore,
    TokenScopeStore,
    TokenScopesService,
    TokenUses,
    TokenStores,
    TrustedPublisherStore,
    IdTokens,
    PublisherTokens,
    ServiceAccountStores,
    ServiceAccounts,
    CredentialStores,
    DeviceLoginStore,
    OauthLoginStore,
    SessionStore,
    PasswordStore,
    AvatarStore,
    AdministratorsStore,
    AccountsService,
    AccessTokensService,
    DeviceLogins,
    OauthTokens,
    OwnSessions,
    PasswordsService,
    AuthLimitsService,
    PasswordChangeService,
    ReservedAccounts,
    OrganizationsService,
    WhoamiService,
    AccountSettingsService,
    AccountLookupService,
    ExternalNames,
    LocalAvatarsService,
    AvatarEncoder,
    CallersService,
    SetupService,
    SignInStores,
    SignInService,
    RegistrationService,
    AccountNames,
    { provide: CALLER_DIRECTORY, useExisting: CallersService },
    CredentialCheck,
  ],
  exports: [
    AdministratorsStore,
    SetupService,
    InvitationLinks,
    Invitations,
    MembershipsByInvitation,
    AccountStore,
    MembershipStore,
    AccessTokenStore,
    TokenScopeStore,
    TrustedPublisherStore,
    IdTokens,
    PublisherTokens,
    ServiceAccounts,
    SessionStore,
    PasswordStore,
    AccountsService,
    AccessTokensService,
    DeviceLogins,
    OauthTokens,
    OwnSessions,
    CallersService,
    SignInService,
    RegistrationService,
    PasswordChangeService,
    OrganizationsService,
    WhoamiService,
    AccountSettingsService,
    AccountLookupService,
    ExternalNames,
    LocalAvatarsService,
    ReservedAccounts,
    AvatarEncoder,
    CALLER_DIRECTORY,
    CredentialCheck,
  ],
})
export class UsersModule {}
