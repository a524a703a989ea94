import type { Parse } from './parsers.js';

/** Environment variables, in the form of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment variable. */
export interface Variable<T> {
  readonly name: string;
  /** The value if the variable is unset or empty. `undefined` if there is no default; the description then explains what applies. */
  readonly defaultText: string | undefined;
  readonly description: string;
  /** Secret values are never repeated, not even in error messages. */
  readonly secret: boolean;
  readonly parse: Parse<T>;
}

/** A variable with a default value. */
export const withDefault = <T>(
  name: string,
  defaultText: string,
  parse: Parse<T>,
  description: string,
): Variable<T> => ({
  name,
  defaultText,
  description,
  secret: false,
  parse,
});

/** A variable that may be unset. */
export const optional = <T>(name: string, parse: Parse<T>, description: string): Variable<T | undefined> => ({
  name,
  defaultText: undefined,
  description,
  secret: false,
  parse,
});

/** A variable that may be unset, and whose value is never shown. */
export const secret = <T>(name: string, parse: Parse<T>, description: string): Variable<T | undefined> => ({
  ...optional(name, parse, description),
  secret: true,
});
