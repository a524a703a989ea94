import type { FieldSchema } from './field-schema.js';
import { basicAuthRule, certificateRule, headersRule, tokenRule } from './secret-rules.js';

/** The fields of a source with credentials. */
export const CREDENTIAL_SCHEMA = {
  token: {
    property: 'token',
    kind: 'secret',
    secret: true,
    nullable: true,
    label: 'Token',
    hint: 'Optional; for private repositories. Stored encrypted, sent only to this source, and never shown again.',
    description: 'Access token for the source. It is only sent to this source and cannot be read back. Null for none.',
    maxLength: 500,
    rule: tokenRule,
  },
  basic_auth: {
    property: 'basicAuth',
    kind: 'secret',
    secret: true,
    nullable: true,
    label: 'User and password',
    hint: 'For a source behind HTTP Basic authentication, instead of a token.',
    placeholder: 'user:password',
    description:
      'User and password for HTTP Basic authentication, as `user:password`; not together with `token`. Sent to this source only and cannot be read back. Null for none.',
    example: 'user:password',
    maxLength: 500,
    rule: basicAuthRule,
  },
  headers: {
    property: 'headers',
    kind: 'headers',
    secret: true,
    nullable: true,
    label: 'Request headers',
    hint: 'One per line. Sent with every request to this source.',
    placeholder: 'X-Gateway-Key: value',
    description:
      'Further request headers as an object. Sent to this source only; the values cannot be read back. Null for none.',
    example: { 'X-Gateway-Key': 'value' },
    rule: headersRule,
  },
  client_certificate: {
    property: 'clientCertificate',
    kind: 'secret',
    secret: true,
    nullable: true,
    label: 'Client certificate',
    hint: 'PEM text with the certificate and its unencrypted private key, for an https source that requires one.',
    placeholder: '-----BEGIN CERTIFICATE-----',
    description:
      'TLS client certificate with its unencrypted private key, as PEM text. Used for the connections to this source only and cannot be read back. Null for none.',
    example:
      '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----',
    maxLength: 65_536,
    rule: certificateRule,
  },
} as const satisfies Readonly<Record<string, FieldSchema>>;
