import { randomBytes } from 'node:crypto';
import { LfsClient } from './lfs-client.js';
import { PASSWORD } from './register-user.js';
import { sendRequest, type RequestOptions } from './send-request.js';

const XET_GARBAGE: RequestOptions = { method: 'POST', body: Buffer.from('not a xorb') };

interface SignedRequest extends RequestOptions {
  readonly path: string;
  /** The status without a problem of the signature. */
  readonly expected: number;
}

/** An account with a repository. */
export interface Owner {
  readonly name: string;
  readonly token: string;
  /** The full name of a model. */
  readonly repo: string;
}

/** Requests whose permission one replica has issued: links of LFS, a Xet token, a list cursor, a session and an access token. */
export class SignedAccess {
  private constructor(private readonly requests: Readonly<Record<string, SignedRequest>>) {}

  /** Lets the replica at an address issue all of them. */
  static async issuedBy(url: string, owner: Owner): Promise<SignedAccess> {
    const authorization = `Bearer ${owner.token}`;
    const client = new LfsClient({ url }, owner.repo, { headers: { authorization } });
    const content = randomBytes(64);
    const upload = pathOf(await client.uploadLink(content));
    if ((await sendRequest(url, upload, { method: 'PUT', body: content })).status !== 200) throw new Error(upload);
    const [stored] = (await client.batch('download', [content])).objects;
    const xet = await sendRequest(url, `/api/models/${owner.repo}/xet-write-token/main`, {
      headers: { authorization },
    });
    const { accessToken } = xet.json() as { accessToken: string };
    const list = await sendRequest(url, '/api/models?limit=1&fallback=false');
    const cursor = pathOf(/<([^>]+)>/.exec(list.headers['link'] ?? '')![1]!);
    const json = { username: owner.name, password: PASSWORD };
    const signedIn = await sendRequest(url, '/api/auth/login', { method: 'POST', json });
    const cookie = signedIn.headers['set-cookie']!.split(';')[0]!;
    return new SignedAccess({
      'upload link': { path: upload, method: 'PUT', body: content, expected: 200 },
      'download link': { path: pathOf(stored!.actions!.download!.href), expected: 200 },
      'xet token': {
        ...XET_GARBAGE,
        path: `/xet/v1/xorbs/default/${'0'.repeat(64)}`,
        headers: { authorization: `Bearer ${accessToken}` },
        expected: 400,
      },
      cursor: { path: cursor, expected: 200 },
      session: { path: '/api/whoami-v2', headers: { cookie }, expected: 200 },
      'access token': { path: '/api/whoami-v2', headers: { authorization }, expected: 200 },
    });
  }

  /** Uses all of them at a replica. Returns those with another response than expected. */
  async rejectedBy(url: string): Promise<string[]> {
    const rejected: string[] = [];
    for (const [name, { path, expected, ...options }] of Object.entries(this.requests)) {
      const { status, body } = await sendRequest(url, path, options);
      if (status !== expected) rejected.push(`${name}: ${status} ${body.toString().slice(0, 200)}`);
    }
    return rejected;
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
