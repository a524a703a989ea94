import type { CallerKind } from './caller.js';

/**
 * Actions in the audit log, with what the actor did. Actions that the Hub has are named as there.
 * A new action is recorded in the transaction that takes effect (`AuditLog.record`).
 */
export const AUDIT_ACTIONS = {
  'repo.create': 'Created the repository',
  'repo.delete': 'Deleted the repository',
  'repo.move': 'Moved the repository',
  'repo.duplication': 'Duplicated the repository',
  'repo.update_settings': 'Changed settings of the repository',
  'repo.disable': 'Disabled the repository',
  'repo.removeDisable': 'Enabled the repository',
  'repo.commit': 'Committed to the repository',
  'repo.super_squash': 'Squashed the history of a branch',
  'repo.create_branch': 'Created a branch',
  'repo.delete_branch': 'Deleted a branch',
  'repo.create_tag': 'Created a tag',
  'repo.delete_tag': 'Deleted a tag',
  'repo.delete_lfs_file': 'Deleted large files',
  'repo.add_trusted_publisher': 'Added a trusted publisher',
  'repo.remove_trusted_publisher': 'Removed a trusted publisher',
} as const;

export type AuditAction = keyof typeof AUDIT_ACTIONS;

/** The kind of an actor: a kind of caller, or the hub itself. */
export type ActorKind = CallerKind | 'system';

export const ACTOR_KINDS: readonly ActorKind[] = [
  'user',
  'service-account',
  'trusted-publisher',
  'break-glass',
  'anonymous',
  'system',
];
