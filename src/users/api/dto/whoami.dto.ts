import type { TokenRole } from '../../../domain/caller.js';
import { FineGrainedDto } from './fine-grained.dto.js';

/** An organization that the caller belongs to. */
export class OwnOrganizationDto {
  type: 'org';

  id: string;

  name: string;

  fullname: string;

  email: string | null;

  canPay: boolean;

  avatarUrl: string;

  roleInOrg: 'admin' | 'write' | 'read';
}

/** Name and permission of the access token in use. */
export class TokenInUseDto {
  displayName: string;

  role: TokenRole;

  /** ISO 8601. */
  createdAt: string;

  /** The permissions of a fine-grained token. Omitted for other tokens. */
  fineGrained?: FineGrainedDto;
}

/** How the caller is authenticated. */
export class CredentialDto {
  type: 'access_token' | 'session';

  /** Omitted for sessions. */
  accessToken?: TokenInUseDto;

  /** ISO 8601. Omitted for credentials without expiry. */
  expiresAt?: string;
}

/** The caller's identity, in the format of huggingface.co. */
export class WhoamiDto {
  type: 'user' | 'org';

  id: string;

  name: string;

  fullname: string;

  email: string | null;

  emailVerified: boolean;

  canPay: boolean;

  periodEnd: number | null;

  isPro: boolean;

  avatarUrl: string;

  orgs: OwnOrganizationDto[];

  auth: CredentialDto;
}
