import type { QueryPairs } from './query.js';

/** Is a parameter switched on? Older Python clients write `True`; the last one counts. */
export function flag(query: QueryPairs, name: string): boolean {
  return /^(?:true|1)$/i.test(parameter(query, name) ?? '');
}

/** The last value of a parameter. */
export function parameter(query: QueryPairs, name: string): string | undefined {
  return query.findLast(([asked]) => asked === name)?.[1];
}

/** A whole number from 0 to `max`; what is none counts as not asked. */
export function wholeNumber(query: QueryPairs, name: string, max: number): number | undefined {
  const value = parameter(query, name);
  return value !== undefined && /^\d{1,9}$/.test(value) ? Math.min(Number(value), max) : undefined;
}

/** Fields asked with `expand`, `expand[]`, repeated or joined by commas; undefined when none was asked. */
export function expandFields(query: QueryPairs): ReadonlySet<string> | undefined {
  const values = query.filter(([name]) => name === 'expand' || name === 'expand[]').map(([, value]) => value);
  const fields = values.flatMap((value) => value.split(',')).filter((field) => field !== '');
  return fields.length > 0 ? new Set(fields) : undefined;
}
