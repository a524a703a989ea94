import { HubError } from '../../domain/hub-error.js';
import { schemaOf } from '../../domain/source-schema.js';
import type { SecretField, SourceProperties, SourceSetting } from '../../domain/source.js';
import {
  checkSource,
  credentialConflicts,
  checkSources,
  ONE_AUTHORIZATION,
  problemText,
  sourceIdentity,
  type SourceProblem,
} from '../../domain/check-source.js';
import { SOURCE_TYPES } from '../strategies/strategies.js';
import { newPriorities } from '../../domain/new-priorities.js';
import { clientCertificateProblem } from '../upstream/client-certificate.js';
import { storedSecrets, type SealedSecrets } from './sealed-secrets.js';
import type { SourceRecord } from './source-record.js';

const badSource = (problems: readonly SourceProblem[], prefix: string): HubError =>
  new HubError('BadRequest', 'Invalid source', {
    detail: problems.map(({ field, message }) => problemText({ field: prefix + field, message })).join('; '),
    fields: problems.map(({ field, message }) => ({ field: prefix + field, message })),
  });

/** @throws HubError `BadRequest` with all invalid fields */
export function validateSetting(input: unknown): SourceSetting {
  const check = checkSource(input, SOURCE_TYPES);
  if ('problems' in check) throw badSource(check.problems, '');
  requireCertificates([check.setting], () => '');
  return check.setting;
}

/** @throws HubError `BadRequest` if a client certificate cannot be used */
function requireCertificates(settings: readonly SourceSetting[], prefixOf: (index: number) => string): void {
  for (const [index, { client_certificate: pem }] of settings.entries()) {
    const message = pem ? clientCertificateProblem(pem) : undefined;
    if (message) throw badSource([{ field: 'client_certificate', message }], prefixOf(index));
  }
}

/** The source that is created at the first start. The administrator can change or delete it. */
export const DEFAULT_SOURCE = validateSetting({
  name: 'HuggingFace',
  url: 'https://huggingface.co',
  source_type: 'huggingface',
  priority: 1,
});

/**
 * Applies a partial update to a setting. Fields that are `undefined` are not changed.
 *
 * @throws HubError `BadRequest` with all invalid fields
 */
export function validateUpdate(before: SourceSetting, fields: object): SourceSetting {
  const changes = Object.entries(fields).filter(([, value]) => value !== undefined);
  return validateSetting({ ...before, ...Object.fromEntries(changes) });
}

/** @throws HubError `BadRequest` with all invalid fields, such as `sources.3.url` */
export function validateSettings(input: unknown): readonly SourceSetting[] {
  const check = checkSources(input, SOURCE_TYPES);
  if ('problems' in check) throw badSource(check.problems, 'sources.');
  requireCertificates(check.settings, (index) => `sources.${index}.`);
  return check.settings;
}

/** @throws HubError `Conflict` if one of these sources has the same name and namespace */
export function requireUniqueName(setting: SourceSetting, others: readonly SourceRecord[]): void {
  const identity = sourceIdentity(setting);
  if (!others.some(({ source }) => sourceIdentity(source) === identity)) return;
  const scope = setting.namespace ? `in the namespace ${setting.namespace}` : 'for all namespaces';
  throw new HubError('Conflict', `A source named ${setting.name} already exists ${scope}`, {
    fields: [{ field: 'name', message: 'Already taken' }],
  });
}

/**
 * Timeouts beyond the deadline of a whole request would have no effect. Stored ones, which were set with another deadline, remain valid.
 *
 * @throws HubError `BadRequest`
 */
export function requireTimeoutWithin(
  deadlineMs: number,
  settings: readonly SourceSetting[],
  stored: readonly Pick<SourceProperties, 'timeoutSeconds'>[],
  prefix = '',
): void {
  const valid = new Set(stored.map(({ timeoutSeconds }) => timeoutSeconds));
  for (const [index, { timeout_seconds: seconds }] of settings.entries()) {
    if (seconds === null || seconds * 1000 <= deadlineMs || valid.has(seconds)) continue;
    const message = `Must be at most ${deadlineMs / 1000}, the deadline of a whole request (KOHAKU_HUB_FALLBACK_DEADLINE)`;
    throw badSource([{ field: 'timeout_seconds', message }], prefix && `${prefix}${index}.`);
  }
}

/**
 * Prevents that stored credentials, which the API never returns, are sent to another host: otherwise, anyone who can change the URL of a
 * source could obtain them.
 *
 * @throws HubError `BadRequest` if the origin of the URL changes and the update does not contain the credentials or null
 */
export function requireSecretsForNewHost(before: SourceRecord, setting: SourceSetting): void {
  if (new URL(before.source.url).origin === new URL(setting.url).origin) return;
  const fields = before.secretFields.filter((field) => setting[field] === undefined);
  if (fields.length === 0) return;
  throw new HubError('BadRequest', enterAgain(fields), {
    fields: fields.map((field) => ({ field, message: enterAgain([field]) })),
  });
}

const enterAgain = (fields: readonly SecretField[]): string => {
  const labels = fields.map((field) => schemaOf(field).label.toLowerCase()).join(', ');
  return `Enter the ${labels} again or remove ${fields.length > 1 ? 'them' : 'it'} (null). Stored credentials are never sent to another host.`;
};

/**
 * Checks a setting with the credentials that would be stored, of which some are not part of the request.
 *
 * @throws HubError `BadRequest` if both a token and a password would be stored, or credentials with `xet: pass`
 */
export function requireConsistent({ xet }: SourceSetting, sealed: SealedSecrets, prefix = ''): void {
  if (sealed.tokenCipher !== null && sealed.basicAuthCipher !== null)
    throw badSource([{ field: 'basic_auth', message: ONE_AUTHORIZATION }], '');
  const problems = credentialConflicts(xet, storedSecrets(sealed).length > 0);
  if (problems.length > 0) throw badSource(problems, prefix);
}

/**
 * Calculates the priorities of the stored sources for an order.
 *
 * @param ids - every stored source once; may include environment sources, to place stored ones before or after them
 * @throws HubError `BadRequest` if sources are missing or the order is impossible
 */
export function validateOrder(
  ids: readonly (number | string)[],
  stored: readonly number[],
  environment: readonly SourceRecord[],
): ReadonlyMap<number, number> {
  const fixed = new Map(environment.map(({ id, source }) => [id, source]));
  const storedIds = ids.filter((id) => !fixed.has(id));
  if (
    new Set(ids).size !== ids.length ||
    storedIds.length !== stored.length ||
    !stored.every((id) => storedIds.includes(id))
  )
    throw badOrder(`Must be the ids of all stored sources: ${stored.join(', ')}`);
  const { priorities, blockedBy } = newPriorities(ids.map((id) => ({ id, fixed: fixed.get(id)?.priority })));
  if (priorities) return priorities as ReadonlyMap<number, number>;
  const { name, priority } = fixed.get(blockedBy!) ?? { name: 'the end', priority: 10_001 };
  throw badOrder(`Too many sources before ${name}, whose priority ${priority} is set by an environment variable`);
}

const badOrder = (message: string): HubError =>
  new HubError('BadRequest', 'Invalid order of sources', {
    detail: message,
    fields: [{ field: 'ids', message }],
  });
