import type { DeliveryRule } from './delivery-rule.js';
import { schemaOf, SOURCE_FIELDS, SOURCE_SCHEMA, type SourceField } from './source-schema.js';

type Schema = typeof SOURCE_SCHEMA;

/** A field with credentials, which cannot be read back. */
export type SecretField = {
  [Field in SourceField]: Schema[Field] extends { readonly secret: true } ? Field : never;
}[SourceField];
export const SECRET_FIELDS = SOURCE_FIELDS.filter((field): field is SecretField => schemaOf(field).secret === true);

/** A field that can be read back. */
export type PublicField = Exclude<SourceField, SecretField>;
export const PUBLIC_FIELDS = SOURCE_FIELDS.filter((field): field is PublicField => schemaOf(field).secret !== true);

interface ValueOfKind {
  readonly text: string;
  readonly url: string;
  readonly type: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly integer: number;
  readonly boolean: boolean;
  readonly patterns: readonly string[];
  readonly rules: readonly DeliveryRule[];
}

/** The type of a field's value. */
export type FieldValue<Field extends SourceField> =
  | (Schema[Field] extends { readonly options: infer Options }
      ? keyof Options & string
      : ValueOfKind[Exclude<Schema[Field]['kind'], 'choice'>])
  | (Schema[Field] extends { readonly nullable: true } ? null : never);

/** Credentials of a source, in plain text. */
export type SourceSecrets = { readonly [Field in SecretField]?: NonNullable<FieldValue<Field>> };

/** The fields by their JSON names, without credentials. */
export type PublicFields = { readonly [Field in PublicField]: FieldValue<Field> };

/** The fields by their names in `Source`, without credentials. */
export type SourceProperties = { readonly [Field in PublicField as Schema[Field]['property']]: FieldValue<Field> };

/**
 * A configured external hub. `source-schema.ts` describes its fields. Credentials are not part of it: only `UpstreamClient` has them.
 */
export interface Source extends SourceProperties {
  /** Stable while the source exists: `db:7` for a stored source, `env:2` for the second one from the environment. */
  readonly key: string;
  /** Whether the source has any credentials: a client that is redirected to it does not have them. */
  readonly hasCredentials: boolean;
  /** Whether some of them cannot be decrypted. No request is sent to the source then, because it would be sent without them. */
  readonly isUnreadable: boolean;
  /** Whether replies of the source are stored in the database (`keepsReplies`). */
  readonly keepsReplies: boolean;
}

/** A valid and complete source as in the environment, the admin API and import files. Missing credentials keep the stored ones. */
export type SourceSetting = PublicFields & { readonly [Field in SecretField]?: FieldValue<Field> };

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
