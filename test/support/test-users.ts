import { AccountsService } from '../../src/users/accounts.service.js';
import type { MemberRole } from '../../src/users/membership.entity.js';
import type { RunningHub } from './hub-app.js';

/** A local user. */
export interface TestUser {
  readonly name: string;
  /** An access token with the role `write`. */
  readonly token: string;
  /** Headers of this user's requests. */
  readonly headers: { readonly authorization: string };
}

/** Creates a user with an access token, without the HTTP API. */
export async function createTestUser(
  hub: RunningHub,
  name: string,
  role: 'read' | 'write' = 'write',
): Promise<TestUser> {
  const accounts = hub.app.get(AccountsService, { strict: false });
  if (!(await accounts.find(name))) await accounts.createUser({ name });
  const token = await accounts.createToken(name, { name: 'test', role });
  return { name, token, headers: { authorization: `Bearer ${token}` } };
}

/** Creates an organization with members. */
export async function createTestOrganization(
  hub: RunningHub,
  name: string,
  members: Readonly<Record<string, MemberRole>>,
): Promise<void> {
  const accounts = hub.app.get(AccountsService, { strict: false });
  await accounts.createOrganization({ name });
  for (const [member, role] of Object.entries(members)) await accounts.addMember(name, member, role);
}
