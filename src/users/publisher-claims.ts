/** The claims of an ID token. */
export type Claims = Readonly<Record<string, unknown>>;

/** Claims that name the project of a CI job: GitHub, GitLab, and `sub` for all. Without one, jobs of other projects would be let in. */
export const IDENTIFYING_CLAIMS = ['sub', 'repository', 'repository_id', 'project_path', 'project_id'] as const;

/** Whether an ID token has all claims that a publisher requires, with exactly these values. */
export const matchesClaims = (required: Readonly<Record<string, string>>, claims: Claims): boolean =>
  Object.entries(required).every(([name, value]) => Object.hasOwn(claims, name) && textOfClaim(claims[name]) === value);

/** Numbers and booleans are compared as text; lists and objects match nothing. */
const textOfClaim = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined;
