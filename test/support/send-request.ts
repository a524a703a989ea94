import type { Readable } from 'node:stream';
import { Client } from 'undici';

/** A response with its whole body. Repeated headers are joined. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * The parsed body.
   * @throws if it is not JSON
   */
  json(): unknown;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
  /** Sent as JSON, with its content type. */
  readonly json?: unknown;
}

/** Sends a request over a new connection. The path is sent as it is, without normalization; redirects are not followed. */
export async function sendRequest(
  base: string,
  path: string,
  { method = 'GET', headers, body, json }: RequestOptions = {},
): Promise<HttpResponse> {
  const client = new Client(base);
  const allHeaders = { 'user-agent': 'undici', ...headers };
  try {
    const sent =
      json === undefined
        ? { headers: allHeaders, body }
        : { headers: { 'content-type': 'application/json', ...allHeaders }, body: JSON.stringify(json) };
    const answer = await client.request({ path, method, ...sent });
    const content = Buffer.from(await answer.body.arrayBuffer());
    const joined = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
    );
    return {
      status: answer.statusCode,
      headers: joined,
      body: content,
      json: () => JSON.parse(content.toString()) as unknown,
    };
  } finally {
    await client.destroy();
  }
}
