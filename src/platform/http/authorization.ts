const TOKEN = /^[\w.~+/=-]{1,2048}$/;

const passwordOf = (encoded: string): string => {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : '';
};

/**
 * The token in an `Authorization` header: `Bearer token`, or `Basic` with the token as password, as git sends it (contract C.8).
 * Undefined when the header holds none.
 */
export function tokenIn(authorization: string): string | undefined {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization.trim()) ?? [];
  const token = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
  return TOKEN.test(token) ? token : undefined;
}
