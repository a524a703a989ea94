import { UrlBuilder } from '../../src/domain/url-builder.js';

/** The URLs of a hub with this base. */
export function urlsOf(base: string): UrlBuilder {
  const { protocol, host, pathname } = new URL(base);
  return new UrlBuilder({
    scheme: protocol === 'https:' ? 'https' : 'http',
    host,
    prefix: pathname.replace(/\/$/, ''),
  });
}
