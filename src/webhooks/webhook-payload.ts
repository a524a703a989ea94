import type { AuditAction } from '../domain/audit-actions.js';
import { publicId } from '../domain/lookup-key.js';
import { repoFullName, type RepoType } from '../domain/repo-id.js';
import type { AuditEvent } from '../platform/audit/audit-log.service.js';

/** The repository of an event, at this point of its transaction. */
export interface NotifiedRepo {
  readonly id: number;
  readonly type: RepoType;
  readonly namespace: string;
  readonly name: string;
  readonly ownerId: number;
  readonly private: boolean;
  readonly tags: readonly string[];
  /** Head of the default branch. */
  readonly headSha: string | null;
}

/** The event of a payload, in the terms of the Hub. */
interface WebhookEvent {
  readonly action: 'create' | 'delete' | 'update' | 'move';
  readonly scope: 'repo' | 'repo.content' | 'repo.config';
}

const CONTENT = { action: 'update', scope: 'repo.content' } as const;
const CONFIG = { action: 'update', scope: 'repo.config' } as const;

/** Events of the audit log of which webhooks are notified. */
const EVENTS: Partial<Record<AuditAction, WebhookEvent>> = {
  'repo.create': { action: 'create', scope: 'repo' },
  'repo.duplication': { action: 'create', scope: 'repo' },
  'repo.delete': { action: 'delete', scope: 'repo' },
  'repo.move': { action: 'move', scope: 'repo' },
  'repo.update_settings': CONFIG,
  'repo.disable': CONFIG,
  'repo.removeDisable': CONFIG,
  'repo.commit': CONTENT,
  'repo.super_squash': CONTENT,
  'repo.create_branch': CONTENT,
  'repo.delete_branch': CONTENT,
  'repo.create_tag': CONTENT,
  'repo.delete_tag': CONTENT,
};

/** Whether webhooks are notified of an event. The second event of a move is only for the log of the former owner. */
export const isNotified = ({ action, repositoryId, ownerId }: AuditEvent): boolean =>
  repositoryId !== undefined && ownerId === undefined && EVENTS[action] !== undefined;

/** The payload of version 3, without the field `webhook`. */
export function webhookPayload({ action, data = {} }: AuditEvent, repo: NotifiedRepo, base: string): object {
  const event = EVENTS[action]!;
  const id = repoFullName(repo);
  const path = repo.type === 'model' ? id : `${repo.type}s/${id}`;
  const { ref, oldSha, newSha, to } = data;
  return {
    event,
    repo: {
      type: repo.type,
      name: action === 'repo.move' ? data['from'] : id,
      id: publicId(repo.id),
      private: repo.private,
      url: { web: `${base}/${path}`, api: `${base}/api/${repo.type}s/${id}` },
      ...(repo.headSha !== null && { headSha: repo.headSha }),
      tags: repo.tags,
      owner: { id: publicId(repo.ownerId) },
    },
    ...(action === 'repo.move' && { movedTo: { name: to, owner: { id: publicId(repo.ownerId) } } }),
    ...(event.scope === 'repo.content' && { updatedRefs: [{ ref, oldSha, newSha }] }),
    ...(event.scope === 'repo.config' && { updatedConfig: 'private' in data ? { private: data['private'] } : {} }),
  };
}
