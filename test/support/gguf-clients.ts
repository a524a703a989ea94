import { createHash } from 'node:crypto';
import { sendRequest, type HttpResponse, type RequestOptions } from './send-request.js';

/** Downloads of clients that load GGUF models, with the requests that they send. */
export const OLLAMA = 'ollama/0.12.3 (amd64 linux) Go/go1.24.1';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

type Headers = Readonly<Record<string, string>>;

interface Layer {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

export interface Manifest {
  readonly mediaType: string;
  readonly config: Layer;
  readonly layers: readonly Layer[];
}

export interface LlamaManifest {
  readonly ggufFile: { readonly rfilename: string; readonly size: number; readonly lfs?: { readonly sha256: string } };
  readonly mmprojFile?: { readonly rfilename: string };
}

const sha256 = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

const send = (url: URL, options: RequestOptions): Promise<HttpResponse> =>
  sendRequest(url.origin, url.pathname + url.search, options);

/** Follows redirects as long as `follows` agrees. Go drops the `Authorization` header at another host. */
async function follow(
  url: URL,
  options: RequestOptions,
  follows: (target: URL) => boolean = () => true,
): Promise<{ response: HttpResponse; url: URL }> {
  let at = url;
  let sent = options;
  for (let redirects = 0; redirects <= 10; redirects++) {
    const response = await send(at, sent);
    const target = response.headers['location'] === undefined ? undefined : new URL(response.headers['location'], at);
    if (![301, 302, 303, 307, 308].includes(response.status) || !target || !follows(target))
      return { response, url: at };
    if (target.hostname !== at.hostname) sent = { ...sent, headers: withoutAuthorization(sent.headers ?? {}) };
    at = target;
  }
  throw new Error('Too many redirects');
}

function withoutAuthorization({ authorization: _authorization, ...others }: Headers): Headers {
  return others;
}

/** Ollama's answer to a 401: a token from the address in the challenge, for a request that is signed with the key of the machine. */
async function tokenFor(response: HttpResponse): Promise<Headers> {
  const challenge = response.headers['www-authenticate'] ?? '';
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const url = new URL(field('realm'));
  url.search = new URLSearchParams({ service: field('service'), scope: field('scope'), nonce: 'bm9uY2U' }).toString();
  const granted = await send(url, {
    headers: { authorization: 'ssh-ed25519AAAAC3Nz:c2lnbmF0dXJl', 'user-agent': OLLAMA },
  });
  if (granted.status !== 200) throw new Error(`The token endpoint responded with ${granted.status}`);
  return { authorization: `Bearer ${(granted.json() as { token: string }).token}` };
}

/** `ollama pull`. Returns the contents by media type, whose digests are correct. */
export async function ollamaPull(hub: string, repo: string, tag: string): Promise<Map<string, Buffer>> {
  let headers: Headers = { 'user-agent': OLLAMA };
  const url = new URL(`/v2/${repo}/manifests/${tag}`, hub);
  const ask = (): Promise<HttpResponse> => send(url, { headers: { ...headers, accept: DOCKER_MANIFEST } });
  let answer = await ask();
  if (answer.status === 401) {
    headers = { ...headers, ...(await tokenFor(answer)) };
    answer = await ask();
  }
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body.toString()}`);
  const { layers, config } = answer.json() as Manifest;
  const contents = new Map<string, Buffer>();
  for (const layer of [...layers, config])
    contents.set(layer.mediaType, await ollamaBlob(new URL(`/v2/${repo}/blobs/${layer.digest}`, hub), layer, headers));
  return contents;
}

async function ollamaBlob(url: URL, { digest, size }: Layer, headers: Headers): Promise<Buffer> {
  const head = await follow(url, { method: 'HEAD', headers });
  if (Number(head.response.headers['content-length']) !== size) throw new Error('The size is not that of the manifest');
  const { response, url: last } = await follow(url, { headers }, (target) => target.hostname === url.hostname);
  const { location } = response.headers;
  if (![200, 307].includes(response.status)) throw new Error(`unexpected status code ${response.status}`);
  if (location === undefined) throw new Error('http: no Location header in response');
  const range = `bytes=0-${size - 1}`;
  const part = await follow(new URL(location, last), { headers: { range, 'user-agent': 'Go-http-client/1.1' } });
  if (sha256(part.response.body) !== digest) throw new Error(`The content of ${digest} is wrong`);
  return part.response.body;
}

/** llama.cpp and node-llama-cpp: the name of the file from the manifest, then the file itself. */
export async function llamaPull(hub: string, repo: string, tag: string, options: RequestOptions = {}): Promise<Buffer> {
  const manifest = await llamaManifest(hub, repo, tag, options);
  const { rfilename, lfs } = manifest.ggufFile;
  const url = new URL(`/${repo}/resolve/main/${rfilename}?download=true`, hub);
  const { response } = await follow(url, { headers: { 'user-agent': 'llama-cpp', ...options.headers } });
  if (response.status !== 200) throw new Error(`${response.status}`);
  if (lfs && sha256(response.body) !== `sha256:${lfs.sha256}`) throw new Error('The content is wrong');
  return response.body;
}

/** The manifest that llama.cpp and node-llama-cpp request. */
export async function llamaManifest(
  hub: string,
  repo: string,
  tag: string,
  { headers }: RequestOptions = {},
): Promise<LlamaManifest> {
  const answer = await sendRequest(hub, `/v2/${repo}/manifests/${encodeURIComponent(tag)}`, {
    headers: { accept: 'application/json', 'user-agent': 'llama-cpp', ...headers },
  });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body.toString()}`);
  return answer.json() as LlamaManifest;
}
