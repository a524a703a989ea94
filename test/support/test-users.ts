import { AccountsService } from '../../src/users/accounts.service.js';
import type { MemberRole } from '../../src/users/membership.entity.js';
import type { RunningHub } from './hub-app.js';

/** A local user of a test. */
export interface TestUser {
  readonly name: string;
  /** An access token with the role `write`. */
  readonly token: string;
  /** What a request bears that this person makes. */
  readonly headers: { readonly authorization: string };
}

/** A new user with an access token, made behind the HTTP API's back. */
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

/** A new organization with these members. */
export async function createTestOrganization(
  hub: RunningHub,
  name: string,
  members: Readonly<Record<string, MemberRole>>,
): Promise<void> {
  const accounts = hub.app.get(AccountsService, { strict: false });
  await accounts.createOrganization({ name });
  for (const [member, role] of Object.entries(members)) await accounts.addMember(name, member, role);
}
