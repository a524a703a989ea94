/** Groups of routes in the administrator's overview. */
export const ROUTE_GROUPS = [
  'files',
  'repositories',
  'lists',
  'accounts',
  'writes',
  'admin',
  'pages',
  'operations',
  'other',
] as const;
export type RouteGroup = (typeof ROUTE_GROUPS)[number];

/** Patterns for `METHOD route`; the first that matches decides. `paths-info` is a read, although it is a POST. */
const GROUPS: readonly (readonly [RegExp, RouteGroup])[] = [
  [/ \/admin\/api\//, 'admin'],
  [/ \/(health|metrics|docs)/, 'operations'],
  [/ \/api\/(auth|users|organizations|whoami)| \/org\//, 'accounts'],
  [/\/(resolve|raw)\/| \/lfs\/download\/| \/xet\/(xorbs|v\d\/reconstructions)\/|\/git-upload-pack$/, 'files'],
  [/ \/api\/(models|datasets|spaces)$/, 'lists'],
  [/\/paths-info\/|\/info\/refs$|^GET \/v2\b|^HEAD \/v2\b/, 'repositories'],
  [/^(PUT|POST|DELETE) | \/(lfs|xet)\/|\/xet-write-token\//, 'writes'],
  [/ \/api\/(models|datasets|spaces|:types)\//, 'repositories'],
  [/ \/($|\*path|assets\/)/, 'pages'],
];

/** The group of a request.
 *
 * @param route - route pattern, see `routePattern`
 */
export const routeGroup = (method: string, route: string): RouteGroup =>
  GROUPS.find(([pattern]) => pattern.test(`${method} ${route}`))?.[1] ?? 'other';
