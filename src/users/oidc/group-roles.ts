import type { OidcProvider } from '../../platform/config/hub-config.js';
import type { MemberRole } from '../membership.entity.js';

const RANKS: Readonly<Record<MemberRole, number>> = { read: 0, write: 1, admin: 2 };

export const isHigher = (role: MemberRole, than: MemberRole): boolean => RANKS[role] > RANKS[than];

/** The highest role that the groups of a user give in each organization, by its name in lower case. */
export function rolesOf(groups: readonly string[], { groups: grants }: Pick<OidcProvider, 'groups'>) {
  const roles = new Map<string, MemberRole>();
  for (const { group, organization, role } of grants) {
    if (!groups.includes(group)) continue;
    const name = organization.toLowerCase();
    const before = roles.get(name);
    if (before === undefined || isHigher(role, before)) roles.set(name, role);
  }
  return roles;
}

/** A membership with where it comes from. */
export interface GrantedRole {
  readonly role: MemberRole;
  readonly grantedBy: string | null;
  readonly assignedRole: MemberRole | null;
}

/**
 * A membership after a sign-in. Roles that were assigned by hand are never lowered, and apply again when the groups no longer give one.
 * @param granted - the role that the groups give; undefined if they give none
 * @returns null if the user is no longer a member
 */
export function afterSignIn(
  before: GrantedRole | undefined,
  granted: MemberRole | undefined,
  issuer: string,
): GrantedRole | null {
  const isOwn = before?.grantedBy === issuer;
  if (before && before.grantedBy !== null && !isOwn) return before; // from the groups of another provider
  const assigned = isOwn ? before.assignedRole : (before?.role ?? null);
  if (granted !== undefined && (assigned === null || isHigher(granted, assigned)))
    return { role: granted, grantedBy: issuer, assignedRole: assigned };
  return assigned === null ? null : { role: assigned, grantedBy: null, assignedRole: null };
}
