/** `bigint` comes as text; the hub's counts and sizes stay below 2^53. */
export const BIGINT_AS_NUMBER = { to: (value: number) => value, from: (value: string) => Number(value) };
