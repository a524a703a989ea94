import { CREDENTIAL_SCHEMA } from './credential-schema.js';
import { DELIVERIES } from './delivery-rule.js';
import { deliveryRulesRule } from './delivery-rules-rule.js';
import type { FieldSchema } from './field-schema.js';
import { FRESHNESS_SCHEMA } from './freshness-schema.js';
import {
  booleanRule,
  integerRule,
  nameRule,
  namespaceRule,
  patternsRule,
  sourceTypeRule,
  urlRule,
} from './source-rules.js';

/**
 * Every field of a source by its JSON name, which is also its column. Types, validation, defaults, the entity, the admin API and its
 * documentation, the form and the import preview are derived from this table. A new field is a row here and a migration.
 */
export const SOURCE_SCHEMA = {
  name: {
    property: 'name',
    kind: 'text',
    label: 'Name',
    hint: "Shown on everything from this source. Defaults to the URL's host name.",
    placeholder: 'HuggingFace',
    section: 'basic',
    description: "Shown on everything from this source; unique within the namespace. Defaults to the URL's host name.",
    example: 'HuggingFace',
    minLength: 1,
    maxLength: 100,
    rule: nameRule,
  },
  source_type: {
    property: 'type',
    kind: 'type',
    label: 'Source type',
    hint: 'API type of the source.',
    section: 'basic',
    description: 'API type of the source.',
    example: 'huggingface',
    required: true,
    rule: sourceTypeRule,
  },
  url: {
    property: 'url',
    kind: 'url',
    label: 'URL',
    placeholder: 'https://huggingface.co',
    section: 'basic',
    description: 'Base URL (http or https) without credentials, query and fragment.',
    example: 'https://huggingface.co',
    required: true,
    maxLength: 2000,
    rule: urlRule,
  },
  ...CREDENTIAL_SCHEMA,
  priority: {
    property: 'priority',
    kind: 'integer',
    label: 'Priority',
    hint: '1–10000; lower numbers are tried first.',
    section: 'basic',
    description: 'Lower numbers are tried first. Defaults to 100.',
    example: 1,
    default: 100,
    minimum: 1,
    maximum: 10_000,
    rule: integerRule,
  },
  namespace: {
    property: 'namespace',
    kind: 'text',
    label: 'Namespace',
    hint: 'Limit this source to one user or organization.',
    placeholder: 'All namespaces',
    section: 'basic',
    description: 'Limits the source to this user or organization; empty for all namespaces.',
    example: '',
    default: '',
    maxLength: 96,
    rule: namespaceRule,
  },
  enabled: {
    property: 'enabled',
    kind: 'boolean',
    label: 'Enabled',
    hint: 'Disabled sources are never used.',
    description: 'Disabled sources are never used. Defaults to true.',
    example: true,
    default: true,
    rule: booleanRule,
  },
  require_auth: {
    property: 'requireAuth',
    kind: 'boolean',
    label: 'Require sign-in',
    hint: 'Anonymous users cannot use this source.',
    section: 'advanced',
    description: 'If true, only signed-in users can access this source. Defaults to false.',
    example: false,
    default: false,
    rule: booleanRule,
  },
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
  ...FRESHNESS_SCHEMA,
  on_error: {
    property: 'onError',
    kind: 'choice',
    label: 'If unavailable',
    section: 'advanced',
    description: 'If the source is unavailable: try the next source (the default), or return an error.',
    example: 'next',
    default: 'next',
    options: { next: 'Try the next source', fail: 'Return an error' },
  },
  timeout_seconds: {
    property: 'timeoutSeconds',
    kind: 'integer',
    nullable: true,
    label: 'Timeout',
    hint: 'Seconds until the response headers, at most KOHAKU_HUB_FALLBACK_DEADLINE. Leave empty for the default of this hub.',
    section: 'advanced',
    description:
      'Timeout in seconds for the response headers of this source; null for `KOHAKU_HUB_FALLBACK_TIMEOUT`. At most `KOHAKU_HUB_FALLBACK_DEADLINE`, the deadline of a whole request.',
    example: 15,
    default: null,
    minimum: 1,
    maximum: 600,
    rule: integerRule,
  },
  max_bytes_per_second: {
    property: 'maxBytesPerSecond',
    kind: 'integer',
    nullable: true,
    label: 'Bandwidth limit',
    hint: 'Bytes per second that this hub downloads from the source, on all replicas together. Redirected downloads do not count. Leave empty for no limit.',
    section: 'advanced',
    description:
      'Bytes per second that the hub downloads from the source, to stream files or to cache them, on all replicas together; null for no limit. Redirected downloads do not count. Downloads that clients wait for come before prefetching.',
    example: 50_000_000,
    default: null,
    minimum: 65_536,
    maximum: 2_000_000_000,
    rule: integerRule,
  },
  include: {
    property: 'include',
    kind: 'patterns',
    label: 'Include',
    hint: 'One pattern per line. Leave empty to include all repositories.',
    placeholder: 'meta-llama/*\ndataset:*/*',
    section: 'advanced',
    description:
      'Patterns of repositories to include, such as `ns/name` or `type:ns/name`; empty for all repositories.',
    example: ['meta-llama/*', 'dataset:*/*'],
    default: [],
    rule: patternsRule,
  },
  exclude: {
    property: 'exclude',
    kind: 'patterns',
    label: 'Exclude',
    hint: 'One pattern per line. Exclusions win.',
    placeholder: '*/*-GGUF',
    section: 'advanced',
    description: 'Patterns of repositories to exclude. Exclusions take precedence over `include`.',
    example: ['*/*-GGUF'],
    default: [],
    rule: patternsRule,
  },
} as const satisfies Readonly<Record<string, FieldSchema>>;

/** The JSON name of a field. */
export type SourceField = keyof typeof SOURCE_SCHEMA;
export const SOURCE_FIELDS = Object.keys(SOURCE_SCHEMA) as readonly SourceField[];

export const schemaOf = (field: SourceField): FieldSchema => SOURCE_SCHEMA[field];
