import { HubError } from '../../domain/hub-error.js';
import { SIGN_IN_MESSAGE } from '../../domain/require-caller.js';
import type { AccountEntity } from '../account.entity.js';
import type { MeDto } from './dto/auth.dto.js';

/** An account in KohakuHub's spelling, for its owner. @throws HubError `Unauthorized` when it has gone a moment ago */
export function toMe(account: AccountEntity | null): MeDto {
  if (!account) throw new HubError('Unauthorized', SIGN_IN_MESSAGE);
  return {
    id: account.id,
    username: account.name,
    full_name: account.fullName,
    email: account.email,
    email_verified: false,
    created_at: account.createdAt.toISOString(),
  };
}
