import type { Health } from './sources-api';

/** The local time of day. */
export const timeOfDay = (at: string): string => new Date(at).toLocaleTimeString();

/** "No anonymous "api" requests until 10:15:00" */
export function describeHold({ bucket, credential, until }: Health['holds'][number]): string {
  const parts = ['No', credential === 'anonymous' && 'anonymous', bucket !== null && `"${bucket}"`, 'requests until'];
  return `${parts.filter(Boolean).join(' ')} ${timeOfDay(until)}`;
}
