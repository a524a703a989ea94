/** An organization and role that a group of a provider gives. */
export interface OrganizationGrant {
  readonly group: string;
  readonly organization: string;
  readonly role: 'read' | 'write' | 'admin';
}

/** An OIDC provider. */
export interface OidcProvider {
  /** Part of the redirect URI. */
  readonly id: string;
  /** For the sign-in page. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
  /** Separated by spaces. */
  readonly scopes: string;
  /** Claim with the groups; a dot leads into an object. */
  readonly groupsClaim: string;
  readonly groups: readonly OrganizationGrant[];
  readonly adminGroup: string | undefined;
  /** Domains of e-mail addresses, in lower case. If the list is empty, all may sign in. */
  readonly allowedDomains: readonly string[];
}

/** How users sign in. */
export interface SignInConfig {
  /** Whether they can sign in with passwords. */
  readonly password: boolean;
  readonly providers: readonly OidcProvider[];
}
