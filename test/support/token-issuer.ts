import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

/** A scripted OIDC issuer of a CI system on the loopback address. It records the paths of its requests. */
export interface TokenIssuer {
  readonly url: string;
  readonly requests: string[];
  /** An ID token with these claims, which expires after five minutes unless they have another expiry. */
  sign(claims: JWTPayload): Promise<string>;
  /** A token that is signed with a key that the issuer does not publish. */
  forge(claims: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const [own, other] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')];
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request.url!);
    const reply = request.url === '/keys' ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/keys` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signWith =
    (key: typeof own.privateKey) =>
    (claims: JWTPayload): Promise<string> => {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: url, iat: now, exp: now + 300, jti: crypto.randomUUID(), ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key);
    };
  return {
    url,
    requests,
    sign: signWith(own.privateKey),
    forge: signWith(other.privateKey),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
