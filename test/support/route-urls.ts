/** Values of the parameters of routes, for a hub with the account `ann`, the repository `ann/m` and the organization `acme`. */
export const ROUTE_VALUES: Readonly<Record<string, string>> = {
  types: 'models',
  type: 'model',
  namespace: 'ann',
  name: 'm',
  organization: 'acme',
  user: 'ann',
  rest: 'main',
  revision: 'main',
  path: 'README.md',
  number: '1',
};

/** The parameter `name` of a path is the name of a repository, except here. */
const ACCOUNT_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\busers\/(?::name|\{name\})/, 'users/ann'],
  [/\borganizations\/(?::name|\{name\})/, 'organizations/acme'],
];

/** A path with values for its parameters. They are written as in the table of routes (`:name`, `*rest`, `{/*rest}`) or in OpenAPI (`{name}`). */
export function fillRoute(path: string, values: Readonly<Record<string, string>> = ROUTE_VALUES): string {
  const named = ACCOUNT_NAMES.reduce((text, [pattern, account]) => text.replace(pattern, account), path);
  return named
    .replaceAll(/\{(\w+)\}/g, ':$1')
    .replaceAll(/[{}]/g, '')
    .replaceAll(/[:*](\w+)/g, (_, name: string) => values[name] ?? 'x');
}
