import { Inject, Injectable } from '@nestjs/common';
import type { Caller, TokenRole } from '../domain/caller.js';
import { HubError } from '../domain/hub-error.js';
import { requireSession, requireSignedIn } from '../domain/require-caller.js';
import type { AuditAction } from '../domain/audit-actions.js';
import { AuditLog, type AuditEvent } from '../platform/audit/audit-log.service.js';
import { CLOCK, type Clock } from '../platform/config/clock.js';
import type { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenStore } from './access-token.store.js';
import { AccountsService, newAccessToken } from './accounts.service.js';
import { CallersService, credentialHash } from './callers.service.js';
import type { FineGrained } from './fine-grained.js';
import { TokenScopeStore, type NamedScope } from './token-scope.store.js';
import { TokenScopesService } from './token-scopes.service.js';
import { TokenUses } from './token-uses.service.js';

/** The choices of a user for a new token. */
export interface TokenRequest {
  readonly name: string;
  readonly role: TokenRole;
  /** ISO 8601. Missing for a token that does not expire. */
  readonly expiresAt?: string | undefined;
  /** Permissions of a fine-grained token. */
  readonly fineGrained?: FineGrained | undefined;
}

/** A token with its permissions. */
export interface TokenWithScopes {
  readonly record: AccessTokenEntity;
  readonly scopes: readonly NamedScope[];
}

/** A created or rotated token. The token itself is not stored. */
export interface IssuedToken extends TokenWithScopes {
  readonly token: string;
}

/** The stores that `AccessTokensService` uses. */
@Injectable()
export class TokenStores {
  constructor(
    readonly tokens: AccessTokenStore,
    readonly scopes: TokenScopeStore,
    readonly uses: TokenUses,
    readonly audit: AuditLog,
  ) {}
}

/** Creates, lists, rotates and revokes access tokens of accounts. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly stores: TokenStores,
    private readonly permissions: TokenScopesService,
    private readonly callers: CallersService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns the new token, which is not stored, and its database record
   * @throws HubError `Unauthorized` for anonymous callers, `Forbidden` for callers with an access token, `BadRequest` for an expiry in the past
   * and for permissions that cannot be given
   */
  create(caller: Caller, request: TokenRequest): Promise<IssuedToken> {
    return this.createFor(requireSession(caller).accountId, request, caller);
  }

  /**
   * Creates a token of any account. The rights of the caller were checked before.
   * @throws HubError `BadRequest` as `create`
   */
  async createFor(accountId: number, { name, role, ...request }: TokenRequest, by?: Caller): Promise<IssuedToken> {
    const expiresAt = this.expiryOf(request.expiresAt);
    const fineGrained = checkedPermissions(role, request.fineGrained);
    const scopes = fineGrained && (await this.permissions.resolve(accountId, fineGrained));
    const details = {
      name,
      role,
      expiresAt,
      ...(fineGrained && {
        globalPermissions: [...fineGrained.global],
        canReadGatedRepos: fineGrained.canReadGatedRepos,
      }),
      ...(scopes && { scopes }),
    };
    const permissions = fineGrained && { global: fineGrained.global, scoped: fineGrained.scoped };
    const issued = await this.accounts.issueToken(accountId, details, { by, permissions });
    return { ...issued, scopes: await this.stores.scopes.named([issued.record.id]) };
  }

  /**
   * Newest first.
   * @throws HubError `Unauthorized` for anonymous callers, `Forbidden` for callers with an access token
   */
  async list(caller: Caller): Promise<TokenWithScopes[]> {
    return this.listOf(requireSession(caller).accountId);
  }

  /** The tokens of any account, newest first. */
  async listOf(accountId: number): Promise<TokenWithScopes[]> {
    await this.stores.uses.flush();
    const records = await this.stores.tokens.listByAccount(accountId);
    const scopes = await this.stores.scopes.named(records.map(({ id }) => id));
    return records.map((record) => ({ record, scopes: scopes.filter(({ tokenId }) => tokenId === record.id) }));
  }

  /**
   * Replaces the secret of a token. It has the same name, permissions and expiry; the old secret ends on all replicas.
   * @throws HubError as `list`; `NotFound`
   */
  rotate(caller: Caller, id: string): Promise<IssuedToken> {
    return this.rotateOf(requireSession(caller).accountId, id, caller);
  }

  /** @throws HubError `NotFound` for an unknown token, and for one that a program refreshes itself */
  async rotateOf(accountId: number, id: string, by?: Caller): Promise<IssuedToken> {
    const token = newAccessToken();
    const key = { accountId, id: isId(id) ? Number(id) : 0 };
    const record = await this.stores.audit.act(
      by,
      (m) => this.stores.tokens.rotate(key, credentialHash(token), m),
      (rotated) => (rotated ? tokenEvent('token.rotate', key, rotated.name) : undefined),
    );
    if (!record) throw unknownToken(id);
    await this.callers.invalidate(accountId);
    return { token, record, scopes: await this.stores.scopes.named([record.id]) };
  }

  /**
   * Revokes a token on all replicas. A token may revoke itself; other tokens can only be revoked from a session.
   * @throws HubError as `list`; `NotFound`
   */
  async revoke(caller: Caller, id: string): Promise<void> {
    const isOwnToken = caller.tokenId !== undefined && String(caller.tokenId) === id;
    const { accountId } = isOwnToken ? requireSignedIn(caller) : requireSession(caller);
    await this.revokeOf(accountId, id, caller);
  }

  /** @throws HubError `NotFound` */
  async revokeOf(accountId: number, id: string, by?: Caller): Promise<void> {
    const key = { accountId, id: isId(id) ? Number(id) : 0 };
    const deleted = await this.stores.audit.act(
      by,
      (m) => this.stores.tokens.delete(accountId, key.id, m),
      (name) => (name === undefined ? undefined : tokenEvent('token.delete', key, name)),
    );
    if (deleted === undefined) throw unknownToken(id);
    await this.callers.invalidate(accountId);
  }

  private expiryOf(time: string | undefined): Date | null {
    if (time === undefined) return null;
    const expiresAt = new Date(time);
    if (expiresAt > this.clock()) return expiresAt;
    throw invalid('expires_at', 'The expiry is in the past. Choose a later time.');
  }
}

/** An event about a token of an account. */
const tokenEvent = (
  action: AuditAction,
  { accountId, id }: { readonly accountId: number; readonly id: number },
  name: string,
): AuditEvent => ({ action, ownerId: accountId, object: name, data: { id } });

const isId = (text: string): boolean => /^\d{1,9}$/.test(text);

/** @throws HubError `BadRequest` if the role and the permissions do not belong together */
function checkedPermissions(role: TokenRole, fineGrained: FineGrained | undefined): FineGrained | undefined {
  if (role !== 'fineGrained' && fineGrained !== undefined)
    throw invalid('fineGrained', `A token with the role "${role}" has no permissions. Use the role "fineGrained".`);
  if (role === 'fineGrained' && fineGrained === undefined)
    throw invalid('fineGrained', 'Choose the permissions of the fine-grained token.');
  return fineGrained;
}

const invalid = (field: string, message: string): HubError =>
  new HubError('BadRequest', message, { fields: [{ field, message }] });

const unknownToken = (id: string): HubError =>
  new HubError('NotFound', `Access token "${id.slice(0, 20)}" not found. Check the list of tokens.`);
