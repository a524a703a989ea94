import type { UrlBuilder } from '../../domain/url-builder.js';

/** Browsers use https only, for a year after each response. Subdomains are not included, because they may be other programs. */
const STRICT_TRANSPORT_SECURITY = { 'Strict-Transport-Security': 'max-age=31536000' };
const NONE = {};

/** The headers of every response about its transport: HSTS (RFC 6797) if the client uses https. */
export const transportHeaders = ({ isHttps }: UrlBuilder, hsts: boolean): Record<string, string> =>
  hsts && isHttps ? STRICT_TRANSPORT_SECURITY : NONE;
