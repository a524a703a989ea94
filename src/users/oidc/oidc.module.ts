import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GuardModule } from '../../fallback/guard/guard.module.js';
import { OutboundModule } from '../../fallback/upstream/outbound.module.js';
import { AuditModule } from '../../platform/audit/audit.module.js';
import { IdentityModule } from '../../platform/identity/identity.module.js';
import { UsersModule } from '../users.module.js';
import { ExternalAccounts } from './external-accounts.service.js';
import { ExternalSessionStore } from './external-session.store.js';
import { GroupMembershipStore } from './group-membership.store.js';
import { IdentityEntity } from './identity.entity.js';
import { IdentityStore } from './identity.store.js';
import { OidcClients } from './oidc-client.service.js';
import { ExternalUsers, OidcSignIn } from './oidc-sign-in.service.js';
import { OidcSignOut } from './oidc-sign-out.service.js';
import { OwnIdentities } from './own-identities.service.js';
import { ProviderRequests } from './provider-requests.service.js';
import { SignInFlows } from './sign-in-flows.service.js';
import { TokenExchange } from './token-exchange.service.js';

/** Sign-in with OIDC providers. */
@Module({
  imports: [
    AuditModule,
    GuardModule,
    IdentityModule,
    OutboundModule,
    UsersModule,
    TypeOrmModule.forFeature([IdentityEntity]),
  ],
  providers: [
    ExternalAccounts,
    ExternalSessionStore,
    ExternalUsers,
    GroupMembershipStore,
    IdentityStore,
    OidcClients,
    OidcSignIn,
    OidcSignOut,
    OwnIdentities,
    ProviderRequests,
    SignInFlows,
    TokenExchange,
  ],
  exports: [OidcSignIn, OidcSignOut, OwnIdentities],
})
export class OidcModule {}
