import type { AccessTokenEntity } from '../access-token.entity.js';
import { clientName } from '../oauth-client.js';
import type { NewTokenDto, TokenDto } from './dto/token.dto.js';

export const toToken = ({ id, name, role, createdAt, lastUsedAt, ...login }: AccessTokenEntity): TokenDto => ({
  id,
  name,
  role,
  created_at: createdAt.toISOString(),
  last_used: lastUsedAt?.toISOString() ?? null,
  client: login.clientId === null ? null : (clientName(login.clientId) ?? login.clientId),
  expires_at: (login.refreshExpiresAt ?? login.expiresAt)?.toISOString() ?? null,
});

/** Includes the token itself, which cannot be retrieved later. */
export const toNewToken = (created: { readonly token: string; readonly record: AccessTokenEntity }): NewTokenDto => ({
  ...toToken(created.record),
  success: true,
  token: created.token,
  token_id: created.record.id,
  message: 'Token created. Copy it now; it will not be shown again.',
});
