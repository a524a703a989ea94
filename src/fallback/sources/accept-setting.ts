import { HubError } from '../../domain/hub-error.js';
import type { SourceSetting } from '../../domain/source.js';
import { checkSource, checkSources, faultText, sourceIdentity, type SourceFault } from '../../domain/check-source.js';
import { SOURCE_TYPES } from '../strategies/strategies.js';
import { newPriorities } from '../../domain/new-priorities.js';
import type { SourceRecord } from './source-record.js';

const badSource = (faults: readonly SourceFault[], prefix: string): HubError =>
  new HubError('BadRequest', 'Invalid source', {
    detail: faults.map(({ field, message }) => faultText({ field: prefix + field, message })).join('; '),
    fields: faults.map(({ field, message }) => ({ field: prefix + field, message })),
  });

/** @throws HubError BadRequest, with every fault named */
export function acceptSetting(input: unknown): SourceSetting {
  const check = checkSource(input, SOURCE_TYPES);
  if ('faults' in check) throw badSource(check.faults, '');
  return check.setting;
}

/** The source that a first start creates, which the administrator may change or delete for good. */
export const FIRST_SOURCE = acceptSetting({
  name: 'HuggingFace',
  url: 'https://huggingface.co',
  source_type: 'huggingface',
  priority: 1,
});

/**
 * A setting with some of its fields changed; what is undefined was not given.
 * @throws HubError BadRequest, with every fault named
 */
export function acceptChange(before: SourceSetting, fields: object): SourceSetting {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return acceptSetting({ ...before, ...Object.fromEntries(given) });
}

/** @throws HubError BadRequest, with every fault named (`sources.3.url`) */
export function acceptSettings(input: unknown): readonly SourceSetting[] {
  const check = checkSources(input, SOURCE_TYPES);
  if ('faults' in check) throw badSource(check.faults, 'sources.');
  return check.settings;
}

/** @throws HubError Conflict when one of these sources bears the setting's name in its namespace */
export function demandFreeName(setting: SourceSetting, others: readonly SourceRecord[]): void {
  const identity = sourceIdentity(setting);
  if (!others.some(({ source }) => sourceIdentity(source) === identity)) return;
  const scope = setting.namespace ? `in the namespace ${setting.namespace}` : 'for all namespaces';
  throw new HubError('Conflict', `A source named ${setting.name} already exists ${scope}`, {
    fields: [{ field: 'name', message: 'Already taken' }],
  });
}

/**
 * A stored token goes to the host it was given for and to no other: whoever may change a source's URL could otherwise have it sent
 * to a host of theirs and read what the API never shows.
 * @throws HubError BadRequest when the URL's origin changes and nothing is said about the token
 */
export function demandTokenStays(before: SourceRecord, setting: SourceSetting): void {
  const moved = new URL(before.source.url).origin !== new URL(setting.url).origin;
  if (!moved || !before.hasToken || setting.token !== undefined) return;
  const message = 'Enter the token again or remove it (null). A stored token is never sent to another host.';
  throw new HubError('BadRequest', message, { fields: [{ field: 'token', message }] });
}

/**
 * The priorities that put the stored sources into an order.
 * @param ids every stored source once; sources of the environment too, where stored ones shall stay before or after them
 * @throws HubError BadRequest
 */
export function acceptOrder(
  ids: readonly (number | string)[],
  stored: readonly number[],
  environment: readonly SourceRecord[],
): ReadonlyMap<number, number> {
  const fixed = new Map(environment.map(({ id, source }) => [id, source]));
  const own = ids.filter((id) => !fixed.has(id));
  if (new Set(ids).size !== ids.length || own.length !== stored.length || !stored.every((id) => own.includes(id)))
    throw badOrder(`Must be the ids of all stored sources: ${stored.join(', ')}`);
  const { priorities, noRoomBefore } = newPriorities(ids.map((id) => ({ id, fixed: fixed.get(id)?.priority })));
  if (priorities) return priorities as ReadonlyMap<number, number>;
  const { name, priority } = fixed.get(noRoomBefore!) ?? { name: 'the end', priority: 10_001 };
  throw badOrder(`Too many sources before ${name}, whose priority ${priority} is set by an environment variable`);
}

const badOrder = (message: string): HubError =>
  new HubError('BadRequest', 'Invalid order of sources', {
    detail: message,
    fields: [{ field: 'ids', message }],
  });
