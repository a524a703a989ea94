import type { Health } from './sources-api';

type Budget = Health['budgets'][number];

/** The local time of day. */
export const timeOfDay = (at: string): string => new Date(at).toLocaleTimeString();

/** Budgets with less left than this are shown as low: background work waits, so that the rest is for requests of people. */
const RESERVED_SHARE = 0.3;

/** "120 of 500 "api" requests left until 10:15:00" */
export function describeBudget({ bucket, credential, remaining, quota, resets_at: end }: Budget): string {
  const count = quota === null ? `${remaining}` : `${remaining} of ${quota}`;
  const parts = [count, credential === 'anonymous' && 'anonymous', `"${bucket}" requests left`];
  return `${parts.filter(Boolean).join(' ')}${end === null ? '' : ` until ${timeOfDay(end)}`}`;
}

/** Whether so little is left that background work waits. */
export const isLow = ({ remaining, quota }: Budget): boolean => quota !== null && remaining <= quota * RESERVED_SHARE;

/** "No anonymous "api" requests until 10:15:00" */
export function describeHold({ bucket, credential, until }: Health['holds'][number]): string {
  const parts = ['No', credential === 'anonymous' && 'anonymous', bucket !== null && `"${bucket}"`, 'requests until'];
  return `${parts.filter(Boolean).join(' ')} ${timeOfDay(until)}`;
}
