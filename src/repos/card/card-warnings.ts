import type { RepoType } from '../../domain/repo-id.js';
import type { CardData } from './card-metadata.js';
import { LICENSES } from './licenses.js';

const LIST_FIELDS = ['tags', 'datasets', 'metrics', 'task_categories', 'task_ids', 'size_categories'];

/** Suggestions for a card's metadata, one sentence each. */
export function cardWarnings(type: RepoType, data: CardData): string[] {
  const present = LIST_FIELDS.filter((field) => data[field] !== undefined && data[field] !== null);
  const listWarnings = present
    .filter((field) => !Array.isArray(data[field]))
    .map((field) => `"${field}" should be a list. Put each value on its own line, starting with "- ".`);
  return type === 'space' ? listWarnings : [...listWarnings, ...licenseWarnings(data['license'])];
}

function licenseWarnings(license: unknown): string[] {
  if (license === undefined || license === null)
    return [
      'The metadata has no "license". Add one so that users know what they are allowed to do, for example: license: mit',
    ];
  const unknown = [license].flat().filter((item) => typeof item !== 'string' || !LICENSES.has(item));
  return unknown.map(
    (item) => `"license": ${JSON.stringify(item)} is not a known identifier. Use "other" and set "license_name".`,
  );
}
