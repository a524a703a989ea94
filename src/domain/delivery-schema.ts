import { DELIVERIES } from './delivery-rule.js';
import { deliveryRulesRule } from './delivery-rules-rule.js';
import type { FieldSchema } from './field-schema.js';
import { XET_MODES } from './xet-mode.js';

/** The fields of a source that decide how its files are downloaded. */
export const DELIVERY_SCHEMA = {
  delivery: {
    property: 'delivery',
    kind: 'choice',
    label: 'Downloads',
    section: 'advanced',
    description:
      'How files are downloaded, unless a rule decides otherwise: by a redirect to the source (the default), proxied through this hub (`proxy`), cached on this hub when they are read for the first time (`cache`), by a redirect while this hub caches the file for the next download (`cache-async`), or not at all (`deny`).',
    example: 'redirect',
    default: 'redirect',
    options: DELIVERIES,
  },
  rules: {
    property: 'rules',
    kind: 'rules',
    label: 'Rules for downloads',
    hint: 'The first rule that matches a file decides. Files without a rule are delivered as chosen above.',
    description:
      'Exceptions to `delivery`; the first rule that matches a file decides. A rule matches by `repos` (a pattern as in `include`), `files` (a pattern of paths; without a slash, of names in any folder), `min_size` and `max_size` (bytes) and `types` of repositories. Omitted properties match everything.',
    example: [{ repos: 'meta-llama/*', files: '*.safetensors', min_size: 10_000_000, delivery: 'cache' }],
    default: [],
    rule: deliveryRulesRule,
  },
  xet: {
    property: 'xet',
    kind: 'choice',
    nullable: true,
    label: 'Downloads over Xet',
    hint: 'From the storage of the source: only without credentials, and if downloads are redirected.',
    section: 'advanced',
    description:
      'How files of the source are offered over Xet: not at all (`hide`), through this hub (`relay`), or from the storage of the source (`pass`), with an anonymous token of the source; only for a source without credentials with `delivery: redirect`. Null: through this hub for files above 50 GB, which Python clients do not download over plain HTTP, and not at all for smaller ones.',
    example: 'relay',
    default: null,
    options: XET_MODES,
    nullLabel: 'Through this hub for files above 50 GB',
  },
} as const satisfies Readonly<Record<string, FieldSchema>>;
