import { AUDIT_ACTIONS } from '../../domain/audit-actions.js';
import type { StoredAuditEvent } from './audit-events.store.js';

const STATES: Readonly<Record<string, string>> = { started: ' (started)', failed: ' (failed)' };

/** Describes the act, as a sentence without its subject: `Created the repository alice/model`. */
export const describeEvent = (event: StoredAuditEvent): string =>
  describeAct(event) + (STATES[String(event.data['state'])] ?? '');

function describeAct({ action, repoName, object }: StoredAuditEvent): string {
  const what = AUDIT_ACTIONS[action];
  if (repoName === null) return object === null ? what : `${what}: ${object}`;
  if (what.endsWith('repository')) return `${what} ${repoName}`;
  return `${what} in ${repoName}`;
}
