import { Injectable } from '@nestjs/common';
import { exchange } from '../../fallback/upstream/exchange.js';
import { OutboundDispatcher } from '../../fallback/upstream/outbound-dispatcher.js';
import { readBytes } from '../../fallback/upstream/read-body.js';

/** A page that waits longer looks broken. */
const TIMEOUT_MS = 5_000;
const MAX_REPLY_BYTES = 1024 * 1024;

/** The part of `fetch` that the OIDC libraries use. */
export interface ProviderRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly body?: unknown;
}

/** There is no reply: the connection failed, or timed out. */
export class ProviderUnreachable extends Error {}

/** Sends requests to identity providers with the rules of all outbound requests. Redirects are not followed, as they could lead elsewhere. */
@Injectable()
export class ProviderRequests {
  constructor(private readonly outbound: OutboundDispatcher) {}

  /** @throws ProviderUnreachable; an error for a reply that is too large */
  async send(address: string, { method = 'GET', headers = {}, body }: ProviderRequest): Promise<Response> {
    const url = new URL(address);
    const reply = await received(
      exchange({
        route: this.outbound.forProvider(url),
        url,
        method: method === 'POST' ? 'POST' : 'GET',
        headers: Object.fromEntries(new Headers(headers as Record<string, string>)),
        body: body === undefined || body === null ? undefined : String(body),
        timeoutMs: TIMEOUT_MS,
        deadlineAt: performance.now() + TIMEOUT_MS,
        streams: false,
        signal: new AbortController().signal,
      }),
    );
    const bytes = await received(readBytes(reply.body, MAX_REPLY_BYTES));
    if (!bytes) throw new Error(`The reply has more than ${MAX_REPLY_BYTES} bytes`);
    const replied = Object.entries(reply.headers).map(([name, value]) => [name, String(value)] as [string, string]);
    const hasBody = ![101, 204, 205, 304].includes(reply.statusCode);
    return new Response(hasBody ? new Uint8Array(bytes) : null, { status: reply.statusCode, headers: replied });
  }
}

const received = <T>(reply: Promise<T>): Promise<T> =>
  reply.catch((cause: unknown) => {
    throw new ProviderUnreachable('The provider does not respond', { cause });
  });
