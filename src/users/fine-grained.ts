import type { PermissionKind, Permission } from '../domain/permissions.js';
import { REPO_TYPES, type RepoType } from '../domain/repo-id.js';

/** The kinds of entities, with the names of huggingface.co. */
export const ENTITY_TYPES = ['user', 'org', ...REPO_TYPES] as const;
export type EntityType = 'user' | 'org' | RepoType;

/** An account or repository that a fine-grained token has permissions for. */
export interface ScopeEntity {
  readonly type: EntityType;
  /** Name of the account, or id of the repository such as `acme/bert`. */
  readonly name: string;
}

/** The permissions of a fine-grained token for one entity. */
export interface EntityScope {
  readonly entity: ScopeEntity;
  readonly permissions: readonly Permission[];
}

/** The permissions of a fine-grained token, in the format of huggingface.co. */
export interface FineGrained {
  readonly global: readonly Permission[];
  readonly canReadGatedRepos: boolean;
  readonly scoped: readonly EntityScope[];
}

const KINDS: Readonly<Record<'user' | 'org', PermissionKind>> = { user: 'user', org: 'organization' };

/** The kind of entity in the table of permissions. */
export const permissionKind = (type: EntityType): PermissionKind =>
  type === 'user' || type === 'org' ? KINDS[type] : 'repository';
