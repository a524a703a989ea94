const TOKEN = /^[\w.~+/=-]{1,2048}$/;

const passwordOf = (encoded: string): string => {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : '';
};

/**
 * Reads the token of an `Authorization` header: `Bearer <token>`, or `Basic` with the token as password, as git sends it (contract C.8).
 * @returns `undefined` if the header has no valid token
 */
export function tokenIn(authorization: string): string | undefined {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization.trim()) ?? [];
  const token = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
  return TOKEN.test(token) ? token : undefined;
}

/** Whether an `Authorization` header has a password, which may be no token. */
export function hasPassword(authorization: string): boolean {
  const [, encoded = ''] = /^basic +(\S+)$/i.exec(authorization.trim()) ?? [];
  return passwordOf(encoded) !== '';
}

/** The token of clients of the registry API that have no account: they need some token if the hub can check one. */
export const ANONYMOUS_TOKEN = 'anonymous';
