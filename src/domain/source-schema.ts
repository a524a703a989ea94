import { basicAuthRule, certificateRule, headersRule, tokenRule } from './secret-rules.js';
import {
  booleanRule,
  integerRule,
  nameRule,
  namespaceRule,
  patternsRule,
  sourceTypeRule,
  urlRule,
  type FieldRule,
  type Limits,
} from './source-rules.js';

/** The type of the value, of the form control and of the database column. */
export type FieldKind = 'text' | 'url' | 'type' | 'secret' | 'headers' | 'integer' | 'boolean' | 'choice' | 'patterns';

/** Everything known about a field of a source. */
export interface FieldSchema extends Limits {
  /** Name of the property in `Source`. */
  readonly property: string;
  readonly kind: FieldKind;
  /** For forms. */
  readonly label: string;
  /** Text below the form control. */
  readonly hint?: string;
  readonly placeholder?: string;
  /** Part of the form. Fields without a section have a special control. */
  readonly section?: 'basic' | 'advanced';
  /** For the API documentation. */
  readonly description: string;
  readonly example?: unknown;
  readonly required?: true;
  /** Whether the field may be null. */
  readonly nullable?: true;
  /** Credentials: encrypted at rest, sent to the source's own origin only, and never returned by the API. */
  readonly secret?: true;
  /** Value if the field is omitted. */
  readonly default?: unknown;
  /** Labels of the values of a `choice`. */
  readonly options?: Readonly<Record<string, string>>;
  /** Omitted for a `choice`: the options are its values. */
  readonly rule?: FieldRule;
}

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
  token: {
    property: 'token',
    kind: 'secret',
    secret: true,
    nullable: true,
    label: 'Token',
    hint: 'Optional; for private repositories. Stored encrypted, sent only to this source, and never shown again.',
    description: 'Access token for the source. It is only sent to this source and cannot be read back. Null for none.',
    maxLength: 500,
    rule: tokenRule,
  },
  basic_auth: {
    property: 'basicAuth',
    kind: 'secret',
    secret: true,
    nullable: true,
    label: 'User and password',
    hint: 'For a source behind HTTP Basic authentication, instead of a token.',
    placeholder: 'user:password',
    description:
      'User and password for HTTP Basic authentication, as `user:password`; not together with `token`. Sent to this source only and cannot be read back. Null for none.',
    example: 'user:password',
    maxLength: 500,
    rule: basicAuthRule,
  },
  headers: {
    property: 'headers',
    kind: 'headers',
    secret: true,
    nullable: true,
    label: 'Request headers',
    hint: 'One per line. Sent with every request to this source.',
    placeholder: 'X-Gateway-Key: value',
    description:
      'Further request headers as an object. Sent to this source only; the values cannot be read back. Null for none.',
    example: { 'X-Gateway-Key': 'value' },
    rule: headersRule,
  },
  client_certificate: {
    property: 'clientCertificate',
    kind: 'secret',
    secret: true,
    nullable: true,
    label: 'Client certificate',
    hint: 'PEM text with the certificate and its unencrypted private key, for an https source that requires one.',
    placeholder: '-----BEGIN CERTIFICATE-----',
    description:
      'TLS client certificate with its unencrypted private key, as PEM text. Used for the connections to this source only and cannot be read back. Null for none.',
    example:
      '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----',
    maxLength: 65_536,
    rule: certificateRule,
  },
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
    description: 'How files are downloaded: by a redirect to the source (the default), or proxied through this hub.',
    example: 'redirect',
    default: 'redirect',
    options: { redirect: 'Redirect to the source', proxy: 'Proxy through this hub' },
  },
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
    hint: 'Seconds until the response headers. Leave empty for the default of this hub.',
    section: 'advanced',
    description:
      'Timeout in seconds for the response headers of this source; null for `KOHAKU_HUB_FALLBACK_TIMEOUT`. The deadline of a whole request (`KOHAKU_HUB_FALLBACK_DEADLINE`) still applies.',
    example: 30,
    default: null,
    minimum: 1,
    maximum: 600,
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
