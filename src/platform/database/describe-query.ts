/** The kind of statement and the first table in it, for traces. Contains no values. */
export function describeQuery(query: string): { readonly operation: string; readonly table?: string } {
  const operation = /^\s*([a-z]+)/i.exec(query)?.[1]?.toUpperCase() ?? 'QUERY';
  const table = /\b(?:FROM|INTO|UPDATE)\s+"?([a-z_][a-z_0-9]*)\b"?(?!\()/i.exec(query)?.[1];
  return table === undefined ? { operation } : { operation, table };
}
