import type { HubConfig } from '../config/hub-config.js';

/** Browsers use https only, for a year after each response. Subdomains are not included, because they may be other programs. */
const STRICT_TRANSPORT_SECURITY = 'max-age=31536000';

/** The headers of every response about its transport: HSTS (RFC 6797) if the public base of the hub is https. */
export const transportHeaders = ({ baseUrl, hsts }: Pick<HubConfig, 'baseUrl' | 'hsts'>): Record<string, string> =>
  hsts && baseUrl.startsWith('https:') ? { 'Strict-Transport-Security': STRICT_TRANSPORT_SECURITY } : {};
