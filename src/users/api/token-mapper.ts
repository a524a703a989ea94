import type { AccessTokenEntity } from '../access-token.entity.js';
import type { NewTokenDto, TokenDto } from './dto/token.dto.js';

/** A token's record in the API's spelling. */
export const toToken = ({ id, name, role, createdAt, lastUsedAt }: AccessTokenEntity): TokenDto => ({
  ...{ id, name, role },
  created_at: createdAt.toISOString(),
  last_used: lastUsedAt?.toISOString() ?? null,
});

/** The same with the token itself, this once. */
export const toNewToken = (made: { readonly token: string; readonly kept: AccessTokenEntity }): NewTokenDto => ({
  ...toToken(made.kept),
  success: true,
  token: made.token,
  token_id: made.kept.id,
  message: 'Keep it: it is not shown again',
});
