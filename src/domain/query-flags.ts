import type { QueryPairs } from './query.js';

/** Whether a parameter is true. Older Python clients send `True`. Of repeated parameters, the last one counts. */
export function flag(query: QueryPairs, name: string): boolean {
  return /^(?:true|1)$/i.test(parameter(query, name) ?? '');
}

/** The last value of a parameter. */
export function parameter(query: QueryPairs, name: string): string | undefined {
  return query.findLast(([parameterName]) => parameterName === name)?.[1];
}

/** A whole number, at most `max`; undefined if the parameter is missing or invalid. */
export function integerParameter(query: QueryPairs, name: string, max: number): number | undefined {
  const value = parameter(query, name);
  return value !== undefined && /^\d{1,9}$/.test(value) ? Math.min(Number(value), max) : undefined;
}

/** Fields requested with `expand` or `expand[]`, repeated or separated by commas; undefined without any. */
export function expandFields(query: QueryPairs): ReadonlySet<string> | undefined {
  const values = query.filter(([name]) => name === 'expand' || name === 'expand[]').map(([, value]) => value);
  const fields = values.flatMap((value) => value.split(',')).filter((field) => field !== '');
  return fields.length > 0 ? new Set(fields) : undefined;
}
