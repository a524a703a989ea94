import {
  AxiosError,
  AxiosHeaders,
  type AxiosAdapter,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import type { Dispatcher } from 'undici';
import type { OutboundDispatcher } from './dispatcher.js';
import { exchange } from './exchange.js';
import { readLimited } from './read-limited.js';

const DEFAULT_TIMEOUT_MS = 10_000;
/** What is asked this way are small questions: a connection test, a health check. */
const MAX_BYTES = 1024 * 1024;

/**
 * Puts axios, and so Nest's `HttpService`, on the hub's only way out. The URL must be absolute and the administrator's: its host is
 * treated as a configured source's own.
 */
export const undiciAdapter =
  (outbound: OutboundDispatcher): AxiosAdapter =>
  async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
    const url = new URL(config.url ?? '', config.baseURL);
    try {
      const answer = await exchange({
        dispatcher: outbound.forSource(url, 'questions'),
        url,
        method: (config.method ?? 'get').toUpperCase() as Dispatcher.HttpMethod,
        headers: config.headers.toJSON() as Record<string, string>,
        body: config.data as string | undefined,
        streams: false,
        timeoutMs: config.timeout || DEFAULT_TIMEOUT_MS,
        signal: (config.signal as AbortSignal | undefined) ?? AbortSignal.timeout(config.timeout || DEFAULT_TIMEOUT_MS),
      });
      const data = await readLimited(answer, MAX_BYTES);
      const headers = new AxiosHeaders(answer.headers as Record<string, string>);
      return { data, status: answer.statusCode, statusText: '', headers, config, request: undefined };
    } catch (error) {
      const { message, code } = error as { message: string; code?: string };
      throw new AxiosError(message, code ?? AxiosError.ETIMEDOUT, config);
    }
  };
