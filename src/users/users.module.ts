import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CALLER_DIRECTORY } from '../platform/http/caller-directory.js';
import { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import { AccountEntity } from './account.entity.js';
import { AccountStore } from './account.store.js';
import { AccountsService } from './accounts.service.js';
import { MembershipEntity } from './membership.entity.js';

/** Local accounts, and the directory that tells the guard at the door who a token belongs to. */
@Module({
  imports: [TypeOrmModule.forFeature([AccountEntity, MembershipEntity, AccessTokenEntity])],
  providers: [
    AccountStore,
    AccessTokenStore,
    {
      provide: AccountsService,
      inject: [AccountStore, AccessTokenStore],
      useFactory: (accounts: AccountStore, tokens: AccessTokenStore) =>
        new AccountsService(accounts, tokens, () => new Date()),
    },
    { provide: CALLER_DIRECTORY, useExisting: AccountsService },
  ],
  exports: [AccountsService, CALLER_DIRECTORY],
})
export class UsersModule {}
