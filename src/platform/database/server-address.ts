import { parseUrl } from '../../domain/parse-url.js';
import type { ConnectionOptions } from 'node:tls';

/** How to connect to a PostgreSQL server. */
export interface ServerAddress {
  readonly url: string;
  readonly ssl?: Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'>;
}

/** The modes of `pg` that verify the certificate of the server. */
const VERIFYING_MODES: ReadonlySet<string | null> = new Set(['prefer', 'require', 'verify-ca', 'verify-full']);

/**
 * Adds trusted certificate authorities to the URL of a PostgreSQL server. `sslrootcert` in the URL takes precedence. Without an `sslmode` that
 * verifies certificates, the URL is not changed.
 *
 * @param authorities - all trusted authorities; `undefined` for the default of Node.js
 */
export function serverAddress(url: string, authorities: readonly string[] | undefined): ServerAddress {
  const parsed = authorities && parseUrl(url);
  if (!parsed) return { url };
  const mode = parsed.searchParams.get('sslmode');
  if (!VERIFYING_MODES.has(mode) || parsed.searchParams.has('sslrootcert')) return { url };
  parsed.searchParams.delete('sslmode'); // it would replace the options
  const ca = [...authorities];
  return { url: parsed.href, ssl: mode === 'verify-ca' ? { ca, checkServerIdentity: () => undefined } : { ca } };
}
