import { Injectable } from '@nestjs/common';
import type { AuditAction } from '../domain/audit-actions.js';
import type { Caller } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requirePermission } from '../domain/require-caller.js';
import { TokenCipher } from '../fallback/sources/token-cipher.js';
import { AuditLog, type AuditEvent } from '../platform/audit/audit-log.service.js';
import type { WebhookDeliveryEntity } from './webhook-delivery.entity.js';
import type { WatchedItem, WebhookDomain, WebhookEntity } from './webhook.entity.js';
import { WebhookStore } from './webhook.store.js';

/** The settings of a webhook. */
export interface WebhookSetting {
  readonly url: string;
  readonly watched: readonly WatchedItem[];
  readonly domains?: readonly WebhookDomain[];
  readonly secret?: string;
}

/** The purpose that is authenticated with an encrypted secret. */
export const SECRET_PURPOSE = 'webhook';
const MAX_WEBHOOKS = 100;

/** Lets accounts manage their webhooks. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly store: WebhookStore,
    private readonly cipher: TokenCipher,
    private readonly audit: AuditLog,
  ) {}

  /** @throws HubError `Unauthorized`, `Forbidden` for tokens without the permission `user.webhooks.read` */
  list(caller: Caller): Promise<WebhookEntity[]> {
    return this.store.list(readerOf(caller));
  }

  /** @throws HubError as `list`; `NotFound` */
  async get(caller: Caller, id: string): Promise<WebhookEntity> {
    const webhook = await this.store.find(readerOf(caller), rowId(id));
    if (!webhook) throw unknownWebhook();
    return webhook;
  }

  /** @throws HubError `Unauthorized`, `Forbidden` for tokens without the permission `user.webhooks.write`, `Conflict` if there are too many */
  async create(caller: Caller, { url, watched, domains = ['repo'], secret }: WebhookSetting): Promise<WebhookEntity> {
    const accountId = writerOf(caller);
    if ((await this.store.list(accountId)).length >= MAX_WEBHOOKS)
      throw new HubError('Conflict', `You have ${MAX_WEBHOOKS} webhooks already. Delete one first.`);
    const setting = { accountId, url, watched: [...watched], domains: [...domains], disabled: false };
    const webhook = { ...setting, secret: secret ? this.cipher.encrypt(secret, url, SECRET_PURPOSE) : null };
    return this.audit.act(
      caller,
      (m) => this.store.add(webhook, m),
      (created) => eventOf('webhook.create', created),
    );
  }

  /**
   * Changes the given settings. The secret stays if it is not given, unless the URL has another origin: that server must not receive it.
   * @throws HubError as `create`; `NotFound`
   */
  async update(caller: Caller, id: string, changes: Partial<WebhookSetting>): Promise<WebhookEntity> {
    const accountId = writerOf(caller);
    const webhook = await this.store.find(accountId, rowId(id));
    if (!webhook) throw unknownWebhook();
    const { url = webhook.url, watched, domains, secret } = changes;
    const isSameOrigin = new URL(url).origin === new URL(webhook.url).origin;
    const sealed = secret ? this.cipher.encrypt(secret, url, SECRET_PURPOSE) : isSameOrigin ? webhook.secret : null;
    const columns = {
      url,
      secret: secret === '' ? null : sealed,
      ...(watched && watched.length > 0 && { watched: [...watched] }),
      ...(domains && { domains: [...domains] }),
    };
    return this.change(caller, webhook, columns, 'webhook.update');
  }

  /** @throws HubError as `update` */
  async setDisabled(caller: Caller, id: string, disabled: boolean): Promise<WebhookEntity> {
    const webhook = await this.store.find(writerOf(caller), rowId(id));
    if (!webhook) throw unknownWebhook();
    return this.change(caller, webhook, { disabled }, disabled ? 'webhook.disable' : 'webhook.enable');
  }

  /** @throws HubError as `update` */
  async remove(caller: Caller, id: string): Promise<void> {
    const accountId = writerOf(caller);
    const isRemoved = await this.audit.act(
      caller,
      (m) => this.store.remove(accountId, rowId(id), m),
      (isDone) => (isDone ? { action: 'webhook.delete', ownerId: accountId, object: id } : undefined),
    );
    if (!isRemoved) throw unknownWebhook();
  }

  /**
   * The last deliveries, newest first.
   * @throws HubError as `get`
   */
  async deliveries(caller: Caller, id: string): Promise<WebhookDeliveryEntity[]> {
    return this.store.deliveries((await this.get(caller, id)).id);
  }

  /**
   * Sends a payload again, to the current URL.
   * @throws HubError as `update`; `NotFound` for an unknown delivery, `Conflict` if the webhook is disabled
   */
  async replay(caller: Caller, id: string, delivery: string): Promise<void> {
    const webhook = await this.store.find(writerOf(caller), rowId(id));
    if (!webhook) throw unknownWebhook();
    if (webhook.disabled)
      throw new HubError('Conflict', 'This webhook is disabled. Enable it before you send deliveries again.');
    const isAdded = await this.audit.act(
      caller,
      async (m) => /^\d{1,18}$/.test(delivery) && this.store.replay(webhook.id, delivery, m),
      (isDone) => (isDone ? eventOf('webhook.replay', webhook) : undefined),
    );
    if (!isAdded) throw new HubError('NotFound', 'This webhook has no such delivery.');
  }

  private async change(
    caller: Caller,
    webhook: WebhookEntity,
    columns: Parameters<WebhookStore['update']>[1],
    action: AuditAction,
  ): Promise<WebhookEntity> {
    const changed = await this.audit.act(
      caller,
      async (m) => {
        if (columns.disabled) await this.store.cancel(webhook.id, 'The webhook was disabled.', m);
        return this.store.update(webhook, columns, m);
      },
      (done) => (done ? eventOf(action, done) : undefined),
    );
    if (!changed) throw unknownWebhook();
    return changed;
  }
}

const readerOf = (caller: Caller): number =>
  requirePermission(caller, 'user.webhooks.read', { account: Number(caller.accountId) }).accountId;
const writerOf = (caller: Caller): number =>
  requirePermission(caller, 'user.webhooks.write', { account: Number(caller.accountId) }).accountId;

/** Only the origin of the URL is recorded: its path and query may have secrets. */
const eventOf = (action: AuditAction, { id, accountId, url }: WebhookEntity): AuditEvent => ({
  action,
  ownerId: accountId,
  object: new URL(url).origin,
  data: { id },
});

const rowId = (id: string): number => (/^0{16}[0-7][0-9a-f]{7}$/.test(id) ? Number.parseInt(id, 16) : 0);

const unknownWebhook = (): HubError => new HubError('NotFound', 'You have no webhook with this ID.');
