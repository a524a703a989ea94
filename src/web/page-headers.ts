import type { UrlBuilder } from '../domain/url-builder.js';

/**
 * Scripts are limited to the app's own files. Inline styles are allowed, since libraries for menus and charts set them. Images may come from
 * any host, since model cards show badges and figures from everywhere; `Referrer-Policy` hides the page from those hosts.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'img-src * data: blob:',
  'media-src * blob:',
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Response headers of every page. */
const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-cache',
  Vary: 'Accept',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
} as const;

/** Response headers of a page. Browsers only accept an opener policy in a secure context, and report an error otherwise. */
export const pageHeaders = ({ isSecureContext }: UrlBuilder): Record<string, string> =>
  isSecureContext ? { ...PAGE_HEADERS, 'Cross-Origin-Opener-Policy': 'same-origin' } : PAGE_HEADERS;
