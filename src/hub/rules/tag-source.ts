/** Names where an object comes from: `_source` and `_source_url` (interfaces, "Tags"). */
export const tagSource = (json: unknown, source: { readonly name: string; readonly url: string }): unknown => ({
  ...(json as Record<string, unknown>),
  _source: source.name,
  _source_url: source.url,
});
