import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { expected, type Parse, type ParseFailure } from './parsers.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM file. */
export const certificatesOf = (pem: string): readonly string[] => pem.match(CERTIFICATE) ?? [];

/** The path of a PEM file with certificates. The value is its certificates. */
export const certificateFile: Parse<readonly string[]> = (path): readonly string[] | ParseFailure => {
  try {
    const certificates = certificatesOf(readFileSync(path, 'utf8'));
    const invalid = certificates.findIndex((certificate) => !isCertificate(certificate));
    if (invalid >= 0) return expected(`valid certificates, but certificate ${invalid + 1} in this file is damaged`);
    if (certificates.length > 0) return certificates;
    return expected(
      'a file with certificates in the PEM format (-----BEGIN CERTIFICATE-----), but it has no certificates',
    );
  } catch (error) {
    const { code = 'unknown error' } = error as { code?: string };
    return expected(`a file with certificates in the PEM format, but it cannot be read (${code})`);
  }
};

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
}

/**
 * All authorities to trust: the ones that Node.js includes, the ones in `NODE_EXTRA_CA_CERTS`, and further ones. Node.js replaces its list when it is
 * given another, so the list must be complete.
 *
 * @param extraFile - the value of `NODE_EXTRA_CA_CERTS`
 */
export function allAuthorities(further: readonly string[], extraFile: string | undefined): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] }; // since Node.js 22.15
  const included = getCACertificates?.('default') ?? [...tls.rootCertificates, ...extraAuthorities(extraFile)];
  return [...included, ...further];
}

/** Node.js itself warns about a file that it cannot read. */
function extraAuthorities(file: string | undefined): readonly string[] {
  try {
    return file ? certificatesOf(readFileSync(file, 'utf8')) : [];
  } catch {
    return [];
  }
}
