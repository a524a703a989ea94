import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FallbackModule } from '../fallback/resolver/fallback.module.js';
import { ReservedNamesModule } from '../fallback/resolver/reserved-names.module.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { CLUSTER_BUS, type ClusterBus } from '../platform/cluster/cluster-bus.js';
import { ClusterModule } from '../platform/cluster/cluster.module.js';
import { CALLER_DIRECTORY } from '../platform/http/caller-directory.js';
import { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import { AccessTokensService } from './access-tokens.service.js';
import { AccountEntity } from './account.entity.js';
import { AccountSettingsService } from './account-settings.service.js';
import { AccountStore } from './account.store.js';
import { AccountsService } from './accounts.service.js';
import { AvatarEntity } from './avatar.entity.js';
import { AvatarStore } from './avatar.store.js';
import { LocalAvatarsService } from './local-avatars.service.js';
import { CallersService } from './callers.service.js';
import { MembershipEntity } from './membership.entity.js';
import { MembershipStore } from './membership.store.js';
import { OrganizationsService } from './organizations.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordStore } from './password.store.js';
import { PasswordsService } from './passwords.service.js';
import { AccountLookupService } from './account-lookup.service.js';
import { AvatarEncoder } from './avatar-encoder.service.js';
import { RegistrationService } from './registration.service.js';
import { ReservedAccounts } from './reserved-accounts.service.js';
import { SessionEntity } from './session.entity.js';
import { SessionStore } from './session.store.js';
import { SignInService } from './sign-in.service.js';
import { AuthLimitsService } from './auth-limits.service.js';
import { WhoamiService } from './whoami.service.js';

const clock = (): Date => new Date();

const callersService = {
  provide: CallersService,
  inject: [AccessTokenStore, SessionStore, CLUSTER_BUS],
  useFactory: (tokens: AccessTokenStore, sessions: SessionStore, cluster: ClusterBus) =>
    new CallersService(tokens, sessions, cluster, clock),
};

const signInService = {
  provide: SignInService,
  inject: [AccountStore, PasswordStore, SessionStore, PasswordsService, AuthLimitsService, CallersService],
  useFactory: (
    accounts: AccountStore,
    stored: PasswordStore,
    sessions: SessionStore,
    passwords: PasswordsService,
    limits: AuthLimitsService,
    callers: CallersService,
  ) => new SignInService({ accounts, passwords: stored, sessions }, passwords, limits, callers, clock),
};

const registrationService = {
  provide: RegistrationService,
  inject: [AccountsService, PasswordsService, AuthLimitsService, HUB_CONFIG],
  useFactory: (accounts: AccountsService, passwords: PasswordsService, limits: AuthLimitsService, config: HubConfig) =>
    new RegistrationService(accounts, passwords, limits, config),
};

/** Local accounts, and the directory that resolves tokens and sessions for the authentication guard. */
@Module({
  imports: [
    ClusterModule,
    FallbackModule,
    ReservedNamesModule,
    TypeOrmModule.forFeature([AccountEntity, MembershipEntity, AccessTokenEntity, SessionEntity, AvatarEntity]),
  ],
  providers: [
    AccountStore,
    MembershipStore,
    AccessTokenStore,
    SessionStore,
    PasswordStore,
    AvatarStore,
    AccountsService,
    AccessTokensService,
    PasswordsService,
    AuthLimitsService,
    PasswordChangeService,
    ReservedAccounts,
    OrganizationsService,
    WhoamiService,
    AccountSettingsService,
    AccountLookupService,
    LocalAvatarsService,
    AvatarEncoder,
    callersService,
    signInService,
    registrationService,
    { provide: CALLER_DIRECTORY, useExisting: CallersService },
  ],
  exports: [
    AccountStore,
    MembershipStore,
    AccessTokenStore,
    SessionStore,
    AccountsService,
    AccessTokensService,
    CallersService,
    SignInService,
    RegistrationService,
    PasswordChangeService,
    OrganizationsService,
    WhoamiService,
    AccountSettingsService,
    AccountLookupService,
    LocalAvatarsService,
    ReservedAccounts,
    AvatarEncoder,
    CALLER_DIRECTORY,
  ],
})
export class UsersModule {}
