/** A slash after a name may be percent-encoded. */
const NAME = /[\w.-]+(?:\/|%2f)?/gi;

/** The accounts that a text may name. */
export interface NamedAccounts {
  /** All names, which may be any words. */
  readonly names: readonly string[];
  /** The names before a slash, as in `base_model:acme/model`. */
  readonly namespaces: readonly string[];
}

/** Finds the accounts that texts of a client may name, such as the search and the tags of a list. */
export function namedAccounts(texts: readonly string[]): NamedAccounts {
  const names = new Set<string>();
  const namespaces = new Set<string>();
  for (const text of texts)
    for (const match of text.match(NAME) ?? []) {
      const [name] = /^[\w.-]+/.exec(match)!;
      for (const spelling of [name, withoutPunctuation(name)]) {
        names.add(spelling);
        if (match !== name) namespaces.add(spelling);
      }
    }
  return { names: [...names], namespaces: [...namespaces] };
}

/** A sentence may end after a name. */
function withoutPunctuation(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === '-')) end -= 1;
  return name.slice(0, end).replace(/^[.-]+/, '');
}
