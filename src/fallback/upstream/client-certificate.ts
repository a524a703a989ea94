import { createPrivateKey, X509Certificate } from 'node:crypto';

/** The reason why a PEM text cannot be used as a client certificate, as a sentence; `undefined` if it can. */
export function clientCertificateProblem(pem: string): string | undefined {
  try {
    const certificate = new X509Certificate(pem);
    if (!certificate.checkPrivateKey(createPrivateKey(pem)))
      return 'The private key does not belong to the certificate';
    return undefined;
  } catch {
    return 'The certificate or the private key is damaged';
  }
}
