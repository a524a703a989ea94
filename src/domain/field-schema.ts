import type { FieldRule, Limits } from './source-rules.js';

/** The type of the value, of the form control and of the database column. */
export type FieldKind =
  'text' | 'url' | 'type' | 'secret' | 'headers' | 'integer' | 'boolean' | 'choice' | 'patterns' | 'rules';

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
  /** Label of null, for a `choice` that may be null. */
  readonly nullLabel?: string;
  /** Omitted for a `choice`: the options are its values. */
  readonly rule?: FieldRule;
}
