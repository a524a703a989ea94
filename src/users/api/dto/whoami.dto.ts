/** An organization that the caller is in. */
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

/** What an access token is called and may do. */
export class TokenInUseDto {
  displayName: string;

  role: 'read' | 'write';

  /** ISO 8601. */
  createdAt: string;
}

/** How the caller has shown who it is. */
export class CredentialDto {
  type: 'access_token' | 'session';

  /** Absent for a session. */
  accessToken?: TokenInUseDto;
}

/** The caller, in huggingface.co's spelling (contract D.7). */
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
