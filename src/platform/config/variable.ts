import type { Parse } from './parsers.js';

/** One environment variable: what it is called, means, and may be. */
export interface Variable<T> {
  readonly name: string;
  /** What counts when it is unset or empty; undefined: nothing, and the meaning says what happens then. */
  readonly fallback: string | undefined;
  readonly meaning: string;
  /** Its value is never repeated, not even in a complaint about it. */
  readonly secret: boolean;
  readonly parse: Parse<T>;
}

/** One that always counts. */
export const given = <T>(name: string, fallback: string, parse: Parse<T>, meaning: string): Variable<T> => ({
  ...{ name, fallback, meaning, secret: false, parse },
});

/** One that may be unset. */
export const optional = <T>(name: string, parse: Parse<T>, meaning: string): Variable<T | undefined> => ({
  ...{ name, fallback: undefined, meaning, secret: false, parse },
});

/** The same, and never shown. */
export const secret = <T>(name: string, parse: Parse<T>, meaning: string): Variable<T | undefined> => ({
  ...{ name, fallback: undefined, meaning, secret: true, parse },
});
