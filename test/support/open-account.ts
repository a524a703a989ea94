import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { AccessTokenEntity } from '../../src/users/access-token.entity.js';
import { AccessTokenStore } from '../../src/users/access-token.store.js';
import { AccountEntity } from '../../src/users/account.entity.js';
import { AccountStore } from '../../src/users/account.store.js';
import { AccountsService } from '../../src/users/accounts.service.js';
import { MembershipEntity } from '../../src/users/membership.entity.js';
import { MembershipStore } from '../../src/users/membership.store.js';

/**
 * Makes a user in the embedded database of a data directory that no hub has open.
 * @returns an access token of the user, with the right to write
 */
export async function openAccount(dataDir: string, name: string): Promise<string> {
  const options = await dataSourceOptions({ dataDir, databaseUrl: undefined });
  const entities = [AccountEntity, MembershipEntity, AccessTokenEntity];
  const database = await new DataSource({ ...options, entities }).initialize();
  try {
    const accounts = new AccountsService(
      new AccountStore(database),
      new MembershipStore(database),
      new AccessTokenStore(database),
    );
    await accounts.createUser({ name });
    return await accounts.createToken(name, { name: 'laptop', role: 'write' });
  } finally {
    await database.destroy();
  }
}
