import { publicId } from '../../domain/lookup-key.js';
import type { Membership } from '../membership.store.js';
import type { Identity } from '../whoami.service.js';
import type { AvatarUrlOf } from './avatar-urls.service.js';
import type { CredentialDto, OwnOrganizationDto, WhoamiDto } from './dto/whoami.dto.js';

/** What clients read of themselves: every key is there, since they do not ask first (contract E.53). */
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
  orgs: organizations.map((place) => toOwnOrganization(place, avatarOf)),
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
  const { name: displayName, role, createdAt } = token;
  return { type: 'access_token', accessToken: { displayName, role, createdAt: createdAt.toISOString() } };
}
