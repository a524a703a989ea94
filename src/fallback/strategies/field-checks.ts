import { countOf, fieldsOf, type Fields } from '../../domain/read-fields.js';

export type Check = (value: unknown) => boolean;
export type Checks = Readonly<Record<string, Check>>;

export const isText: Check = (value) => typeof value === 'string';
/** huggingface.co sends null for an unknown library or an empty repository's commit. */
export const isTextOrNull: Check = (value) => value === null || isText(value);
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isNumber: Check = (value) => Number.isFinite(value);
export const isCount: Check = (value) => countOf(value) !== undefined;
export const isGate: Check = (value) => isFlag(value) || value === 'auto' || value === 'manual';
export const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isObjectOrNull: Check = (value) => value === null || isObject(value);

/** The only format that `huggingface_hub` can parse. Days that do not exist, such as February 30, are refused. */
export const isDate: Check = (value) => {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === value.slice(0, 19);
};

export const isPresent: Check = (value) => value !== undefined;

/** Accepts missing values and null, too. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);

/** Accepts objects whose named fields pass their checks. */
export const objectWith =
  (checks: Checks): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(fieldsOf(value)[name]));

export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** A copy without the fields that fail their check. */
export function withoutMistyped(fields: Fields, checks: Checks): Record<string, unknown> {
  const plain: Record<string, unknown> = { ...fields };
  for (const name in checks) if (name in plain && !checks[name]!(plain[name])) delete plain[name];
  return plain;
}
