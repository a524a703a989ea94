import type { Webhook, WebhookSettings } from './webhooks-api';

export type WatchedItem = Webhook['watched'][number];
export type Domain = Webhook['domains'][number];

/** The fields of the form. */
export interface WebhookDraft {
  url: string;
  watched: WatchedItem[];
  domains: Domain[];
  /** A new secret; empty to keep the current one. */
  secret: string;
  removesSecret: boolean;
}

/** The draft of a new webhook, or of a change. */
export const draftOf = (webhook?: Webhook): WebhookDraft => ({
  url: webhook?.url ?? '',
  watched: [...(webhook?.watched ?? [])],
  domains: [...(webhook?.domains ?? (['repo'] as const))],
  secret: '',
  removesSecret: false,
});

export const isSameItem = (item: WatchedItem, other: WatchedItem): boolean =>
  item.type === other.type && item.name.toLowerCase() === other.name.toLowerCase();

/** The request body of a draft. Without `secret`, the hub keeps the current one. */
export function settingsOf({ url, watched, domains, secret, removesSecret }: WebhookDraft): WebhookSettings {
  const settings = { url: url.trim(), watched, domains };
  if (removesSecret) return { ...settings, secret: '' };
  return secret ? { ...settings, secret } : settings;
}

/** Whether the stored secret is lost by the change, because the hub does not send it to another server. */
export function losesSecret({ url, secret }: WebhookDraft, webhook: Webhook | undefined): boolean {
  return !!webhook?.has_secret && !secret && originOf(url) !== originOf(webhook.url);
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);
