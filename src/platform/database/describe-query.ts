/** What a statement does, and the first table that it names: enough to find it, and nothing of what is in it. */
export function describeQuery(query: string): { readonly operation: string; readonly table?: string } {
  const operation = /^\s*([a-z]+)/i.exec(query)?.[1]?.toUpperCase() ?? 'QUERY';
  const table = /\b(?:FROM|INTO|UPDATE)\s+"?([a-z_][a-z_0-9]*)\b"?(?!\()/i.exec(query)?.[1];
  return table === undefined ? { operation } : { operation, table };
}
