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
  'repo.download': 'Downloaded from the repository',
  'repo.commit': 'Committed to the repository',
  'repo.super_squash': 'Squashed the history of a branch',
  'repo.create_branch': 'Created a branch',
  'repo.delete_branch': 'Deleted a branch',
  'repo.create_tag': 'Created a tag',
  'repo.delete_tag': 'Deleted a tag',
  'repo.delete_lfs_file': 'Deleted large files',
  'repo.request_access': 'Requested access to the repository',
  'repo.cancel_access_request': 'Withdrew a request for access to the repository',
  'repo.handle_access_request': 'Decided a request for access to the repository',
  'repo.grant_access': 'Granted access to the repository',
  'org.create': 'Created the organization',
  'org.delete': 'Deleted the organization',
  'org.add_user': 'Added a member',
  'org.change_role': 'Changed the role of a member',
  'org.remove_user': 'Removed a member',
  'org.leave': 'Left the organization',
  'org.update_settings': 'Changed settings of the organization',
  'user.create': 'Created the account',
  'user.delete': 'Deleted the account',
  'user.update_settings': 'Changed settings of the account',
  'user.disable': 'Disabled the account',
  'user.enable': 'Enabled the account',
  'user.change_password': 'Changed the password',
  'user.set_password': 'Set the password of the account',
  'user.sign_in': 'Signed in',
  'user.sign_in_failed': 'Failed to sign in',
  'user.sign_out': 'Signed out',
  'token.create': 'Created an access token',
  'token.rotate': 'Rotated an access token',
  'token.delete': 'Deleted an access token',
  'source.create': 'Added the source',
  'source.update': 'Changed the source',
  'source.delete': 'Deleted the source',
  'source.reorder': 'Reordered the sources',
  'source.replace_all': 'Replaced all sources',
  'source.set_offline': 'Turned requests to sources off or on',
  'cache.clear': 'Cleared the cache',
  'cache.evict': 'Removed a repository from the cache',
  'content_cache.pin': 'Pinned cached files',
  'content_cache.unpin': 'Unpinned cached files',
  'content_cache.evict': 'Removed cached files',
  'prefetch.start': 'Started a prefetch job',
  'prefetch.pause': 'Paused a prefetch job',
  'prefetch.resume': 'Resumed a prefetch job',
  'prefetch.cancel': 'Canceled a prefetch job',
  'hub.rotate_secret_key': 'Rotated the secret key',
  'hub.collect_garbage': 'Started a garbage collection',
  'hub.check_names': 'Started a check of names',
  'hub.redact_person': 'Removed the name of a person from the audit log',
  'hub.use_admin_token': 'Used the shared admin token',
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
