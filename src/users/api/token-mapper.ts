import { publicId } from '../../domain/lookup-key.js';
import type { IssuedToken, TokenWithScopes, TokenRequest } from '../access-tokens.service.js';
import type { FineGrained } from '../fine-grained.js';
import { clientName } from '../oauth-client.js';
import type { FineGrainedDto } from './dto/fine-grained.dto.js';
import type { CreateTokenDto, NewTokenDto, TokenDto } from './dto/token.dto.js';

/** The permissions of a token; undefined unless it is fine-grained. */
export function toFineGrained({ record, scopes }: TokenWithScopes): Required<FineGrainedDto> | undefined {
  if (record.role !== 'fineGrained') return undefined;
  return {
    global: record.globalPermissions,
    canReadGatedRepos: record.canReadGatedRepos,
    scoped: scopes.map(({ entity, entityId, permissions }) => ({
      entity: { _id: publicId(entityId), ...entity },
      permissions: [...permissions],
    })),
  };
}

export function toToken(listed: TokenWithScopes): TokenDto {
  const { id, name, role, createdAt, lastUsedAt, lastUsedAddress, ...login } = listed.record;
  return {
    id,
    name,
    role,
    fineGrained: toFineGrained(listed) ?? null,
    created_at: createdAt.toISOString(),
    last_used: lastUsedAt?.toISOString() ?? null,
    last_used_address: lastUsedAddress,
    client: login.clientId === null ? null : (clientName(login.clientId) ?? login.clientId),
    expires_at: (login.refreshExpiresAt ?? login.expiresAt)?.toISOString() ?? null,
  };
}

/** Includes the token itself, which cannot be retrieved later. */
export const toNewToken = (issued: IssuedToken, verb: 'created' | 'rotated' = 'created'): NewTokenDto => ({
  ...toToken(issued),
  success: true,
  token: issued.token,
  token_id: issued.record.id,
  message: `Token ${verb}. Copy it now; it will not be shown again.`,
});

export const toTokenRequest = ({ name, role = 'write', expires_at, fineGrained }: CreateTokenDto): TokenRequest => ({
  name,
  role,
  expiresAt: expires_at ?? undefined,
  fineGrained: fineGrained && fromFineGrained(fineGrained),
});

const fromFineGrained = ({ global = [], canReadGatedRepos = false, scoped = [] }: FineGrainedDto): FineGrained => ({
  global: [...new Set(global)],
  canReadGatedRepos,
  scoped,
});
