import type { Delivery } from './webhooks-api';

/** The state of a delivery, with the look of its badge. */
export interface DeliveryState {
  readonly title: string;
  readonly look: 'good' | 'warn' | 'bad' | 'neutral';
}

const isSuccess = (status: number | null): boolean => status !== null && status >= 200 && status < 300;

/** Whether a delivery was received, is sent later, or has failed. */
export function stateOf({ status, attempts, next_at: next }: Delivery): DeliveryState {
  if (isSuccess(status)) return { title: `Delivered, ${status}`, look: 'good' };
  if (next === null) return { title: status === null ? 'Failed' : `Failed, ${status}`, look: 'bad' };
  return attempts === 0 ? { title: 'Waiting', look: 'neutral' } : { title: 'Retrying', look: 'warn' };
}

interface Payload {
  readonly event?: { readonly action?: string; readonly scope?: string };
  readonly repo?: { readonly type?: string; readonly name?: string };
}

/** The event of a delivery: its name as in the payload, such as `repo.content update`, and its repository. */
export function eventOf({ payload }: Pick<Delivery, 'payload'>): { readonly event: string; readonly repo: string } {
  const { event, repo } = payload as Payload;
  return { event: `${event?.scope ?? ''} ${event?.action ?? ''}`.trim(), repo: repo?.name ?? '' };
}
