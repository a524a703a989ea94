/** Where a permission of a fine-grained token applies. */
export type PermissionKind = 'repository' | 'user' | 'organization' | 'global';

interface PermissionRow {
  /** Whether it allows changes. A read-only token does not have it. */
  readonly writes: boolean;
  /** The entities that it can be given for. A permission for repositories that is given for an account applies to all repositories of the account. */
  readonly on: readonly PermissionKind[];
  /** A permission that includes this one. */
  readonly includedIn?: string;
  /** For the page that creates tokens. */
  readonly label: string;
}

const REPOSITORIES = ['repository', 'user', 'organization'] as const;

/** The permissions of fine-grained tokens, with the names of huggingface.co, as far as this hub has what they allow. */
export const PERMISSIONS = {
  'repo.content.read': {
    writes: false,
    on: REPOSITORIES,
    includedIn: 'repo.write',
    label: 'Read the content of private repositories',
  },
  'repo.access.read': {
    writes: false,
    on: REPOSITORIES,
    includedIn: 'repo.write',
    label: 'View requests for access to gated repositories',
  },
  'repo.write': { writes: true, on: REPOSITORIES, label: 'Write the content and settings of repositories' },
  'org.read': {
    writes: false,
    on: ['organization'],
    includedIn: 'org.write',
    label: 'Read the settings and storage of the organization',
  },
  'org.write': { writes: true, on: ['organization'], label: 'Change the settings and members of the organization' },
  'user.webhooks.read': {
    writes: false,
    on: ['user'],
    includedIn: 'user.webhooks.write',
    label: 'List your webhooks',
  },
  'user.webhooks.write': { writes: true, on: ['user'], label: 'Create and change your webhooks' },
  'hub.admin': { writes: true, on: ['global'], label: 'Use the admin API, if you are an administrator' },
  'discussion.write': { writes: true, on: ['global'], label: 'Like repositories' },
} as const satisfies Record<string, PermissionRow>;

export type Permission = keyof typeof PERMISSIONS;

export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

const rowOf = (permission: Permission): PermissionRow => PERMISSIONS[permission];

export const isWriting = (permission: Permission): boolean => rowOf(permission).writes;

/** Whether a permission can be given for a kind of entity. */
export const appliesTo = (permission: Permission, kind: PermissionKind): boolean => rowOf(permission).on.includes(kind);

/** Whether a list of permissions has a permission, or one that includes it. */
export function includesPermission(granted: readonly Permission[] | undefined, permission: Permission): boolean {
  if (granted === undefined) return false;
  const { includedIn } = rowOf(permission);
  return granted.some((name) => name === permission || name === includedIn);
}
