import type { RepoType } from '../../domain/repo-id.js';
import type { CardData } from './card-metadata.js';

/** Licenses as huggingface.co names them; `other` stands for all the rest. */
const LICENSES: ReadonlySet<string> = new Set(
  `apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m afl-3.0
  artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0
  cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0
  cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0
  eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl
  apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr
  deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 gemma grok2-community
  unknown other`.split(/\s+/),
);

const LISTS = ['tags', 'datasets', 'metrics', 'task_categories', 'task_ids', 'size_categories'];

/** What its author may want to do better about a card's metadata: each a sentence that says what and how. */
export function cardWarnings(type: RepoType, data: CardData): string[] {
  const given = LISTS.filter((field) => data[field] !== undefined && data[field] !== null);
  const lists = given
    .filter((field) => !Array.isArray(data[field]))
    .map((field) => `"${field}" should be a list, with a "- " before each of its values`);
  return type === 'space' ? lists : [...lists, ...licenseAdvice(data['license'])];
}

function licenseAdvice(license: unknown): string[] {
  if (license === undefined || license === null)
    return [
      'There is no "license" in the metadata: people cannot tell what they may do with this (for example: license: mit)',
    ];
  const unknown = [license].flat().filter((one) => typeof one !== 'string' || !LICENSES.has(one));
  return unknown.map(
    (one) => `"license": ${JSON.stringify(one)} is no identifier that hubs know; use "other" with a "license_name"`,
  );
}
