import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { hub, type Schemas } from '@/api/client';

export type Webhook = Schemas['WebhookDto'];
export type Delivery = Schemas['WebhookDeliveryDto'];
export type WebhookSettings = Schemas['NewWebhookDto'];

const WEBHOOKS = ['webhooks'];
const WEBHOOK = '/api/settings/webhooks/{id}';
const pathOf = (id: string) => ({ params: { path: { id } } });

/** How often the log is read while a delivery is about to be sent. */
const POLL_MS = 2000;
const SOON_MS = 60_000;
const isDueSoon = ({ next_at: at }: Delivery): boolean => at !== null && Date.parse(at) - Date.now() <= SOON_MS;

/** The user's webhooks. */
export const useWebhooks = () =>
  useQuery({
    queryKey: [...WEBHOOKS, 'list'],
    queryFn: async ({ signal }) => (await hub.GET('/api/settings/webhooks', { signal })).data!,
  });

/** @param enabled - whether it is requested */
export const useWebhook = (id: Ref<string>, enabled: boolean) =>
  useQuery({
    queryKey: [...WEBHOOKS, id],
    queryFn: async ({ signal }) => (await hub.GET(WEBHOOK, { ...pathOf(id.value), signal })).data!.webhook,
    enabled,
  });

/** The last deliveries of a webhook, newest first. */
export const useDeliveries = (id: Ref<string>) =>
  useQuery({
    queryKey: [...WEBHOOKS, id, 'deliveries'],
    queryFn: async ({ signal }) => (await hub.GET(`${WEBHOOK}/deliveries`, { ...pathOf(id.value), signal })).data!,
    refetchInterval: ({ state }) => (state.data?.some(isDueSoon) ? POLL_MS : false),
    staleTime: 0,
  });

/** Returns a function that reloads webhooks and their deliveries after a change. */
export function useRefreshWebhooks(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: WEBHOOKS });
}

export const createWebhook = async (body: WebhookSettings): Promise<Webhook> =>
  (await hub.POST('/api/settings/webhooks', { body })).data!.webhook;

export const changeWebhook = (id: string, body: WebhookSettings) => hub.POST(WEBHOOK, { ...pathOf(id), body });

export const removeWebhook = (id: string) => hub.DELETE(WEBHOOK, pathOf(id));

export const setWebhookEnabled = (id: string, isEnabled: boolean) =>
  isEnabled ? hub.POST(`${WEBHOOK}/enable`, pathOf(id)) : hub.POST(`${WEBHOOK}/disable`, pathOf(id));

export const replayDelivery = (id: string, delivery: string) =>
  hub.POST(`${WEBHOOK}/deliveries/{delivery}/replay`, { params: { path: { id, delivery } } });
