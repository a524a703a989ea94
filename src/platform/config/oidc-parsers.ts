import type { OidcProvider, OrganizationGrant } from './hub-config.js';
import * as parse from './parsers.js';

const ROLES = ['read', 'write', 'admin'] as const;
/** The id of the provider that the single variables describe. */
export const FIRST_ID = 'oidc';
const DEFAULT_SCOPES = 'openid profile email';

/**
 * The issuer of an OIDC provider. Unlike a base URL, it keeps a trailing slash of its path, because it is compared exactly. Without a path, both forms are the
 * same issuer.
 */
export const issuer: parse.Parse<string> = (text) => {
  const checked = parse.baseUrl(text);
  if (checked instanceof parse.ParseFailure) return checked;
  const { pathname, origin } = new URL(text);
  return pathname === '/' ? origin : text;
};

/** Scopes of OIDC, separated by spaces. */
export const scopes: parse.Parse<string> = (text) => {
  const list = text.split(/\s+/);
  return list.includes('openid') && list.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(scope))
    ? list.join(' ')
    : parse.expected('scopes separated by spaces, with openid among them');
};

/** Comma-separated domain names, in lower case. */
export const domains: parse.Parse<readonly string[]> = (text) => {
  const list = parse.commaSeparated(text.toLowerCase());
  return list.every((domain) => /^[\w-]+(?:\.[\w-]+)*$/.test(domain))
    ? list
    : parse.expected('comma-separated domains, such as example.com,example.org');
};

/** Organizations and roles that groups give: `group=organization:role`, separated by commas. */
export const parseGroups: parse.Parse<readonly OrganizationGrant[]> = (text) => {
  const grants: OrganizationGrant[] = [];
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') continue;
    const [, group = '', organization = '', role = ''] = /^(.+)=([\w.-]{1,96}):(\w+)$/.exec(item) ?? [];
    const known = ROLES.find((candidate) => candidate === role);
    if (known === undefined)
      return parse.expected('comma-separated group=organization:role, where the role is read, write or admin');
    grants.push({ group: group.trim(), organization, role: known });
  }
  return grants;
};

type Fields = Readonly<Record<string, unknown>>;
type FieldParser = parse.Parse<unknown>;

const REQUIRED: Readonly<Record<string, FieldParser>> = {
  id: (text) => (/^[a-z0-9-]{1,30}$/.test(text) ? text : parse.expected('1 to 30 lower-case letters, digits and -')),
  name: parse.printable(1, 60),
  issuer: (text) => issuer(text),
  client_id: parse.printable(1, 500),
};
const OPTIONAL: Readonly<Record<string, FieldParser>> = {
  client_secret: parse.printable(1, 1000),
  scopes: (text) => scopes(text),
  groups_claim: parse.printable(1, 100),
  groups: parseGroups,
  admin_group: parse.printable(1, 200),
  allowed_domains: (text) => domains(text),
};

/** A JSON list of providers. All values are texts, in the format of the single variables. */
export const parseProviders: parse.Parse<readonly OidcProvider[]> = (text) => {
  const list = readList(text);
  if (list === undefined) return parse.expected('a JSON list of providers: [{"id": …, "name": …, "issuer": …}]');
  const problems = list.flatMap((fields, position) => problemsOf(fields).map((line) => `${position}.${line}`));
  if (problems.length > 0) return new parse.ParseFailure(problems);
  const ids = list.map(({ id }) => id);
  if (new Set([...ids, FIRST_ID]).size <= ids.length)
    return parse.expected(`ids that are different from each other and from "${FIRST_ID}"`);
  return list.map(toProvider);
};

function readList(text: string): Fields[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => item !== null && typeof item === 'object')
      ? (list as Fields[])
      : undefined;
  } catch {
    return undefined; // the parser's message quotes the text, which contains secrets
  }
}

function problemsOf(fields: Fields): string[] {
  const all = { ...REQUIRED, ...OPTIONAL };
  const unknown = Object.keys(fields).filter((name) => !(name in all));
  const wrong = Object.entries(all).flatMap(([name, check]) => {
    const value = fields[name];
    if (value === undefined) return name in REQUIRED ? [`${name}: is missing`] : [];
    const parsed = typeof value === 'string' ? check(value) : parse.expected('a text');
    return parsed instanceof parse.ParseFailure ? parsed.lines.map((line) => `${name}: ${line}`) : [];
  });
  return [...unknown.map((name) => `${name}: there is no such field`), ...wrong];
}

/** @param fields - without problems */
function toProvider(fields: Fields): OidcProvider {
  const read = <T>(name: string, whenUnset: T): T => {
    const value = fields[name];
    return value === undefined ? whenUnset : ((REQUIRED[name] ?? OPTIONAL[name])!(value as string) as T);
  };
  return {
    id: read('id', ''),
    name: read('name', ''),
    issuer: read('issuer', ''),
    clientId: read('client_id', ''),
    clientSecret: read<string | undefined>('client_secret', undefined),
    scopes: read('scopes', DEFAULT_SCOPES),
    groupsClaim: read('groups_claim', 'groups'),
    groups: read<readonly OrganizationGrant[]>('groups', []),
    adminGroup: read<string | undefined>('admin_group', undefined),
    allowedDomains: read<readonly string[]>('allowed_domains', []),
  };
}
