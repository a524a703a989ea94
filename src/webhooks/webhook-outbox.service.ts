import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { publicId } from '../domain/lookup-key.js';
import { AuditLog, type AuditEvent } from '../platform/audit/audit-log.service.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { isNotified, webhookPayload, type NotifiedRepo } from './webhook-payload.js';

/** Webhooks that watch the repository $1, which had the name $2 before, or its owner, and whose account may read it. */
const WATCHING = `
  SELECT w.id FROM webhooks w JOIN repositories r ON r.id = $1 JOIN accounts owner ON owner.id = r.owner_id JOIN accounts a ON a.id = w.account_id
  WHERE NOT w.disabled AND a.disabled_at IS NULL AND 'repo' = ANY(w.domains)
    AND (NOT r.private OR r.owner_id = w.account_id
      OR EXISTS (SELECT FROM memberships m WHERE m.organization_id = r.owner_id AND m.user_id = w.account_id))
    AND EXISTS (SELECT FROM jsonb_to_recordset(w.watched) AS item (type text, name text)
      WHERE (item.type = r.type AND lower(item.name) IN (lower(r.namespace || '/' || r.name), lower($2)))
        OR (item.type = CASE owner.kind WHEN 'user' THEN 'user' ELSE 'org' END AND lower(item.name) = owner.lookup_name))`;

const REPO = `
  SELECT r.id, r.type, r.namespace, r.name, r.owner_id AS "ownerId", r.private, r.tags,
    (SELECT commit_oid FROM refs WHERE repository_id = r.id AND name = 'refs/heads/main') AS "headSha"
  FROM repositories r WHERE r.id = $1`;

/** Adds deliveries in the transaction of the act, so that no act is without its notification, and no notification without its act. */
@Injectable()
export class WebhookOutbox implements OnModuleInit {
  constructor(
    private readonly audit: AuditLog,
    @Inject(HUB_CONFIG) private readonly config: Pick<HubConfig, 'baseUrls' | 'port'>,
  ) {}

  onModuleInit(): void {
    this.audit.follow((m, event) => this.add(m, event));
  }

  private async add(m: EntityManager, event: AuditEvent): Promise<void> {
    if (!isNotified(event)) return;
    const { action, repositoryId, data = {} } = event;
    const formerName = action === 'repo.move' ? data['from'] : ''; // a copy has the name of another repository there
    const webhooks = await m.query<{ id: number }[]>(WATCHING, [repositoryId, formerName]);
    if (webhooks.length === 0) return;
    const [repo] = await m.query<NotifiedRepo[]>(REPO, [repositoryId]);
    // eslint-disable-next-line no-restricted-syntax -- a notification is read by another program, under no address of the client that acted
    const base = (this.config.baseUrls[0] ?? `http://localhost:${this.config.port}`).replace(/\/$/, '');
    const payload = webhookPayload(event, repo!, base);
    for (const { id } of webhooks)
      await m.query('INSERT INTO webhook_deliveries (webhook_id, payload) VALUES ($1, $2)', [
        id,
        JSON.stringify({ ...payload, webhook: { id: publicId(id), version: 3 } }),
      ]);
  }
}
