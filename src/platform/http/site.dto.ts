import { ApiProperty } from '@nestjs/swagger';

/** A provider that users can sign in with. */
export class SignInProviderDto {
  /** @example "oidc" */
  id: string;

  /** @example "Keycloak" */
  name: string;
}

/** Settings that the web pages need at startup. */
export class SiteDto {
  /** @example "Hubfall" */
  site_name: string;

  /** @example "0.1.0" */
  version: string;

  /** `closed`: only the administrator can create accounts. */
  registration: 'open' | 'closed';

  /** Images and media of other hosts that the pages load from Markdown: `sources` only from the source of the repository. */
  remote_images: 'off' | 'sources' | 'all';

  /** Whether requests for missing repositories are resolved through sources. */
  fallback: boolean;

  /** Whether the names of local accounts are only looked up in sources that are configured for them. */
  reserve_local_namespaces: boolean;

  /** Whether users can sign in with passwords. */
  password_sign_in: boolean;

  /** The providers that users can sign in with. */
  @ApiProperty({ type: [SignInProviderDto] })
  sign_in_providers: SignInProviderDto[];
}
