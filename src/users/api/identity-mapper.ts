import { HubError } from '../../domain/hub-error.js';
import { publicId } from '../../domain/lookup-key.js';
import { SIGN_IN_MESSAGE } from '../../domain/require-caller.js';
import type { AccountEntity } from '../account.entity.js';
import type { Membership } from '../membership.store.js';
import type { Identity } from '../whoami.service.js';
import type { AvatarUrlOf } from './avatar-urls.js';
import type { MeDto } from './dto/auth.dto.js';
import { toFineGrained } from './token-mapper.js';
import type { CredentialDto, OwnOrganizationDto, WhoamiDto } from './dto/whoami.dto.js';

/**
 * The caller's own account, in the format of KohakuHub.
 * @throws HubError `Unauthorized` if the account was deleted in the meantime
 */
export function toMe(account: AccountEntity | null): MeDto {
  if (!account) throw new HubError('Unauthorized', SIGN_IN_MESSAGE);
  return {
    id: account.id,
    username: account.name,
    full_name: account.fullName,
    email: account.email,
    email_verified: false,
    administrator: account.administrator,
    created_at: account.createdAt.toISOString(),
  };
}

/** The caller's identity, in the format of huggingface.co. Clients read all keys without checking for them (contract E.53). */
export const toWhoami = ({ account, organizations, token }: Identity, avatarOf: AvatarUrlOf): WhoamiDto => ({
  type: account.kind === 'user' ? 'user' : 'org',
  id: publicId(account.id),
  name: account.name,
  fullname: account.fullName,
  email: account.email,
  emailVerified: false,
  canPay: false,
  periodEnd: null,
  isPro: false,
  avatarUrl: avatarOf(account),
  orgs: organizations.map((membership) => toOwnOrganization(membership, avatarOf)),
  auth: toCredential(token),
});

const toOwnOrganization = ({ account, role }: Membership, avatarOf: AvatarUrlOf): OwnOrganizationDto => ({
  type: 'org',
  id: publicId(account.id),
  name: account.name,
  fullname: account.fullName,
  email: null,
  canPay: false,
  avatarUrl: avatarOf(account),
  roleInOrg: role,
});

function toCredential(token: Identity['token']): CredentialDto {
  if (!token) return { type: 'session' };
  const { name: displayName, role, createdAt, expiresAt } = token.record;
  const fineGrained = toFineGrained(token);
  return {
    type: 'access_token',
    accessToken: { displayName, role, createdAt: createdAt.toISOString(), ...(fineGrained && { fineGrained }) },
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  };
}
