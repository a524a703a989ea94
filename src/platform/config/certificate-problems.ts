const UNKNOWN_AUTHORITY =
  'Its TLS certificate was issued by an authority that is not trusted here. Add the certificate of the authority to KOHAKU_HUB_CA_FILE';

/** Problems with the TLS certificate of a server by Node's error code. Without a full stop. */
export const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Its TLS certificate has expired',
  CERT_NOT_YET_VALID: 'Its TLS certificate is not valid yet. Check the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its TLS certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'Its TLS certificate is self-signed. If it is the right one, add it to KOHAKU_HUB_CA_FILE',
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
};

const REFUSED =
  'It refuses the TLS handshake. Check whether it requires a client certificate, which the hub does not have, or a version of TLS that this machine does not use';

/** A server that refuses a handshake sends an alert (RFC 8446, section 6.2). */
const isAlert = (code: string, message: string): boolean =>
  code.startsWith('ERR_SSL_') ? code.includes('_ALERT_') : code === 'EPROTO' && /\balert\b/.test(message);

/** The problem with the certificate of a service of this hub, or with its TLS, without a full stop. `undefined` if the error has another reason. */
export function certificateProblem(error: unknown): string | undefined {
  const { code, message = '' } = error as { readonly code?: unknown; readonly message?: string };
  if (typeof code !== 'string') return undefined;
  return isAlert(code, message) ? REFUSED : CERTIFICATE_PROBLEMS[code];
}
