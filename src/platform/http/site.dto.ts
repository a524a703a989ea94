/** Settings that the web pages need at startup. */
export class SiteDto {
  /** @example "Hubfall" */
  site_name: string;

  /** @example "0.1.0" */
  version: string;

  /** `closed`: only the administrator can create accounts. */
  registration: 'open' | 'closed';

  /** Whether requests for missing repositories are resolved through sources. */
  fallback: boolean;

  /** Whether the names of local accounts are only looked up in sources that are configured for them. */
  reserve_local_namespaces: boolean;
}
