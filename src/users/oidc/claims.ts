import { createHash } from 'node:crypto';
import type { OidcProvider } from '../../platform/config/hub-config.js';
import { chosenAccountNameProblem } from '../../domain/name-problem.js';

/** Claims of an ID token and of the userinfo endpoint. */
export type Claims = Readonly<Record<string, unknown>>;

/** The part of the claims that the hub uses. */
export interface ExternalUser {
  readonly subject: string;
  /** The account name that the user gets if it is free. */
  readonly name: string;
  readonly fullName: string | undefined;
  readonly email: string | undefined;
  /** E-mail address or name, for lists. */
  readonly label: string;
  /** Undefined if the provider has not included them, because there are too many. */
  readonly groups: readonly string[] | undefined;
}

const MAX_NAME = 40;
const MAX_SUBJECT = 255;

const textOf = (value: unknown): string | undefined => {
  const text = typeof value === 'string' ? value.replace(/\p{Cc}/gu, '').trim() : '';
  return text === '' ? undefined : text;
};

/**
 * The subject as the hub stores it. OpenID Connect allows 255 characters, but Dex has longer ones for long names in LDAP; they are replaced by their hash.
 * @returns undefined for a subject that cannot be stored
 */
export function storedSubject(subject: string): string | undefined {
  if (/\p{Cc}/u.test(subject)) return undefined;
  if (subject.length <= MAX_SUBJECT) return subject;
  return `sha256:${createHash('sha256').update(subject).digest('hex')}`;
}

/** The claim of a provider's user. */
export function readUser(claims: Claims, subject: string, provider: Pick<OidcProvider, 'groupsClaim'>): ExternalUser {
  const email = emailOf(claims);
  const username =
    textOf(claims['preferred_username']) ?? textOf(claims['nickname']) ?? email ?? textOf(claims['name']);
  return {
    subject,
    name: toAccountName(username ?? 'user'),
    fullName: textOf(claims['name'])?.slice(0, 200),
    email,
    label: (email ?? username ?? subject).slice(0, 254),
    groups: groupsOf(claims, provider.groupsClaim),
  };
}

function emailOf(claims: Claims): string | undefined {
  const email = textOf(claims['email']);
  return email !== undefined && /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254 ? email : undefined;
}

/** A valid account name: the local part of an e-mail address, with other characters replaced. */
export function toAccountName(username: string): string {
  const local = username.split('@', 1)[0]!;
  const plain = local
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/[.-]{2,}/g, '-')
    .slice(0, MAX_NAME)
    .replace(/^[._-]+/, '')
    .replace(/[._-]$/, '');
  return plain !== '' && chosenAccountNameProblem(plain) === undefined ? plain : `user-${plain}`.replace(/-$/, '');
}

/** The value of a claim; a dot leads into an object, unless a claim has this very name. */
function claimAt(claims: Claims, path: string): unknown {
  if (path in claims) return claims[path];
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (value !== null && typeof value === 'object' ? (value as Claims)[key] : undefined),
      claims,
    );
}

/**
 * The groups of a user. A missing claim means an empty list, unless the provider reports that it has left out a long list (Entra: `_claim_names`).
 */
function groupsOf(claims: Claims, path: string): readonly string[] | undefined {
  const value = claimAt(claims, path);
  const leftOut = claims['_claim_names'];
  if (value === undefined && leftOut !== null && typeof leftOut === 'object' && path in leftOut) return undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.filter((group): group is string => typeof group === 'string');
}

/** The reason why a user may not sign in. */
export type DomainProblem = 'domain' | 'email-not-verified';

/** Checks the domain of the e-mail address, which must be verified: anyone could claim another one. */
export function domainProblem(claims: Claims, allowed: readonly string[]): DomainProblem | undefined {
  if (allowed.length === 0) return undefined;
  const domain = emailOf(claims)?.split('@')[1]?.toLowerCase();
  if (domain === undefined || !allowed.includes(domain)) return 'domain';
  const verified = claims['email_verified'];
  return verified === true || verified === 'true' ? undefined : 'email-not-verified';
}
