import { HubError } from './hub-error.js';
import type { RepoType } from './repo-id.js';

const COMMON = (
  'author cardData createdAt disabled lastModified likes private resourceGroup sha siblings tags trendingScore usedStorage ' +
  'xetEnabled'
).split(' ');
const MODEL = (
  'baseModels childrenModelCount config downloads downloadsAllTime evalResults gated gguf inference inferenceProviderMapping ' +
  'library_name mask_token model-index pipeline_tag safetensors spaces transformersInfo widgetData'
).split(' ');
const DATASET = 'citation description downloads downloadsAllTime gated mainSize paperswithcode_id'.split(' ');
const SPACE = 'datasets models region runtime sdk subdomain'.split(' ');

/** The fields that huggingface.co accepts in `expand`, as its clients know them. It refuses requests with any other field. */
const HUB_FIELDS: Readonly<Record<RepoType, readonly string[]>> = {
  model: [...COMMON, ...MODEL],
  dataset: [...COMMON, ...DATASET],
  space: [...COMMON, ...SPACE],
};

/** Further fields that this hub accepts for repositories of all types: it has some of them, and older clients request the others. */
const FURTHER_FIELDS: readonly string[] = ['downloads', 'downloadsAllTime', 'gated', 'gitalyUid', 'modelId', 'region'];

/** The fields that huggingface.co knows. A field that it does not know would make it refuse the request. */
export const hubExpandFields = (type: RepoType, fields: readonly string[]): string[] =>
  fields.filter((field) => HUB_FIELDS[type].includes(field));

/** @throws HubError `BadRequest` for a field that neither this hub nor huggingface.co knows */
export function checkExpandFields(type: RepoType, fields: ReadonlySet<string>): void {
  requireKnown(`${type}s`, [...HUB_FIELDS[type], ...FURTHER_FIELDS], fields);
}

/** @throws HubError `BadRequest` for a field other than `formatted` */
export function checkCommitExpandFields(fields: ReadonlySet<string>): void {
  requireKnown('commits', ['formatted'], fields);
}

function requireKnown(entries: string, names: readonly string[], fields: ReadonlySet<string>): void {
  const known = new Set(names);
  const unknown = [...fields].find((field) => !known.has(field));
  if (unknown === undefined) return;
  const message = `"${unknown.slice(0, 100)}" is not a field of ${entries}. The fields are: ${[...known].toSorted().join(', ')}.`;
  throw new HubError('BadRequest', `Invalid parameter "expand": ${message}`, {
    fields: [{ field: 'expand', message }],
  });
}
