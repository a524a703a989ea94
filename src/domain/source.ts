import { SOURCE_FIELDS, SOURCE_SCHEMA, type SourceField } from './source-schema.js';

type Schema = typeof SOURCE_SCHEMA;

/** A field that can be read back: all but the token. */
export type PublicField = Exclude<SourceField, 'token'>;
export const PUBLIC_FIELDS = SOURCE_FIELDS.filter((field): field is PublicField => field !== 'token');

interface ValueOfKind {
  readonly text: string;
  readonly url: string;
  readonly type: string;
  readonly token: string | null;
  readonly integer: number;
  readonly boolean: boolean;
  readonly patterns: readonly string[];
}

/** The type of a field's value. */
export type FieldValue<Field extends SourceField> = Schema[Field] extends { readonly options: infer Options }
  ? keyof Options
  : ValueOfKind[Exclude<Schema[Field]['kind'], 'choice'>];

/** The fields by their JSON names, without the token. */
export type PublicFields = { readonly [Field in PublicField]: FieldValue<Field> };

/** The fields by their names in `Source`, without the token. */
export type SourceProperties = { readonly [Field in PublicField as Schema[Field]['property']]: FieldValue<Field> };

/**
 * A configured external hub. `source-schema.ts` describes its fields. The token is not part of it: only `UpstreamClient` has tokens.
 */
export interface Source extends SourceProperties {
  /** Stable while the source exists: `db:7` for a stored source, `env:2` for the second one from the environment. */
  readonly key: string;
  readonly hasToken: boolean;
}

/** A valid and complete source as in the environment, the admin API and import files. */
export interface SourceSetting extends PublicFields {
  /** Undefined if none was given, which keeps a stored token. */
  readonly token?: string | null;
}

type RequiredField = {
  [Field in SourceField]: Schema[Field] extends { readonly required: true } ? Field : never;
}[SourceField];

/** A source before the defaults are filled in. */
export type SourceInput = Pick<SourceSetting, RequiredField> & Partial<SourceSetting>;

/** Renames the fields of a setting to the properties of `Source`. */
export const toSourceProperties = (fields: PublicFields): SourceProperties =>
  Object.fromEntries(
    PUBLIC_FIELDS.map((field) => [SOURCE_SCHEMA[field].property, fields[field]]),
  ) as unknown as SourceProperties;

/** Renames the properties of `Source` to the fields of a setting. */
export const toPublicFields = (source: SourceProperties): PublicFields =>
  Object.fromEntries(
    PUBLIC_FIELDS.map((field) => [field, source[SOURCE_SCHEMA[field].property]]),
  ) as unknown as PublicFields;
