import { Injectable } from '@nestjs/common';
import { HubError } from '../domain/hub-error.js';
import { lookupName } from '../domain/lookup-key.js';
import { appliesTo } from '../domain/permissions.js';
import { AccountStore } from './account.store.js';
import { permissionKind, type EntityScope, type FineGrained, type ScopeEntity } from './fine-grained.js';
import { MembershipStore } from './membership.store.js';
import { TokenScopeStore, type ScopeRow } from './token-scope.store.js';

/** Checks the permissions that users choose for fine-grained tokens. */
@Injectable()
export class TokenScopesService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly memberships: MembershipStore,
    private readonly scopes: TokenScopeStore,
  ) {}

  /**
   * Resolves the entities of permissions: the account itself, its organizations, and repositories that it can see.
   *
   * @throws HubError `BadRequest` for unknown entities, and for permissions that do not apply to their entity
   */
  async resolve(accountId: number, { global, scoped }: FineGrained): Promise<ScopeRow[]> {
    const unsuitable = global.find((permission) => !appliesTo(permission, 'global'));
    if (unsuitable !== undefined)
      throw invalid('global', `The permission "${unsuitable}" needs an entity. Move it to "scoped".`);
    const organizations = await this.memberships.organizationsOf(accountId);
    const own = (await this.accounts.byId(accountId))!;
    const accounts = new Map([own, ...organizations.map(({ account }) => account)].map((a) => [keyOfAccount(a), a.id]));
    const keys = scoped.map(({ entity }) => keyOf(entity));
    const repositories = await this.scopes.findRepositories(keys, [...accounts.values()]);
    const rows = new Map<string, ScopeRow>();
    for (const [at, scope] of scoped.entries()) {
      const key = keyOf(scope.entity);
      if (rows.has(key)) throw invalid(`scoped[${at}].entity`, `"${scope.entity.name}" is listed twice.`);
      const accountId = accounts.get(key) ?? null;
      const repositoryId = repositories.get(key) ?? null;
      if (accountId === null && repositoryId === null) throw unknownEntity(at, scope.entity);
      rows.set(key, { accountId, repositoryId, permissions: suitable(at, scope) });
    }
    return [...rows.values()];
  }
}

/** Accounts and repositories have different types, so their keys differ. */
const keyOf = ({ type, name }: ScopeEntity): string => `${type}:${lookupName(name)}`;

const keyOfAccount = ({ kind, name }: { readonly kind: string; readonly name: string }): string =>
  keyOf({ type: kind === 'organization' ? 'org' : 'user', name });

function suitable(at: number, { entity, permissions }: EntityScope): ScopeRow['permissions'] {
  const kind = permissionKind(entity.type);
  const wrong = permissions.find((permission) => !appliesTo(permission, kind));
  if (wrong !== undefined)
    throw invalid(`scoped[${at}].permissions`, `The permission "${wrong}" does not apply to a ${entity.type}.`);
  return [...new Set(permissions)];
}

function unknownEntity(at: number, { type, name }: ScopeEntity): HubError {
  const message =
    type === 'user'
      ? `"${name}" is not your account. Tokens can have permissions for your own account only.`
      : type === 'org'
        ? `You are not a member of an organization "${name}".`
        : `This hub has no ${type} "${name}" that you can see.`;
  return invalid(`scoped[${at}].entity`, message);
}

const invalid = (field: string, message: string): HubError =>
  new HubError('BadRequest', message, { fields: [{ field: `fineGrained.${field}`, message }] });
