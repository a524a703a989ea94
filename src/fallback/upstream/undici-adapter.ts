import {
  AxiosError,
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import type { Dispatcher } from 'undici';
import type { OutboundDispatcher } from './outbound-dispatcher.js';
import { codingsOf, decodeBody } from './content-coding.js';
import { exchange } from './exchange.js';
import { readText } from './read-body.js';

const DEFAULT_TIMEOUT_MS = 10_000;
/** Connection tests and health checks have small responses. */
const MAX_BYTES = 1024 * 1024;

/** Options of a request. */
export interface RequestConfig extends AxiosRequestConfig {
  /** As PEM text with its private key. */
  readonly clientCertificate?: string;
}

/**
 * Makes axios, and thus Nest's `HttpService`, use the hub's dispatcher. URLs must be absolute and configured by the administrator, since
 * their host is treated like that of a configured source.
 */
export const undiciAdapter =
  (outbound: OutboundDispatcher): AxiosAdapter =>
  async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
    const url = new URL(config.url ?? '', config.baseURL);
    try {
      const response = await exchange({
        route: outbound.forSource(url, 'metadata', (config as RequestConfig).clientCertificate),
        url,
        method: (config.method ?? 'get').toUpperCase() as Dispatcher.HttpMethod,
        headers: config.headers.toJSON() as Record<string, string>,
        body: config.data as string | undefined,
        streams: false,
        timeoutMs: config.timeout || DEFAULT_TIMEOUT_MS,
        signal: (config.signal as AbortSignal | undefined) ?? AbortSignal.timeout(config.timeout || DEFAULT_TIMEOUT_MS),
      });
      const received = response.headers as Record<string, string>;
      const body = await decodeBody(response.body, codingsOf(received));
      const data = await readText({ body, headers: received }, MAX_BYTES);
      const headers = new AxiosHeaders(received);
      return { data, status: response.statusCode, statusText: '', headers, config, request: undefined };
    } catch (error) {
      const { message, code } = error as { message: string; code?: string };
      throw new AxiosError(message, code ?? AxiosError.ETIMEDOUT, config);
    }
  };
