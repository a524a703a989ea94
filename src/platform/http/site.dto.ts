/** What pages need to know before they can show anything. */
export class SiteDto {
  /** @example "Hubfall" */
  site_name: string;

  /** @example "0.1.0" */
  version: string;

  /** `closed`: accounts are made by the administrator alone. */
  registration: 'open' | 'closed';

  /** Whether sources are asked for what the hub lacks. */
  fallback: boolean;
}
