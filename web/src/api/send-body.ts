import { ApiError } from './api-error';

export interface SendOptions {
  /** Told how many bytes of the body are on their way. */
  readonly onProgress?: (sent: number) => void;
  readonly signal?: AbortSignal;
}

/** Names and values as an XMLHttpRequest has them. */
const headersOf = (request: XMLHttpRequest): Headers =>
  new Headers(
    request
      .getAllResponseHeaders()
      .trim()
      .split(/\r?\n/)
      .filter(Boolean)
      .map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
  );

/** Sends a body and tells how far it is: `fetch` cannot say that. An error is thrown as a `ApiError`. */
export function sendBody(
  method: 'POST' | 'PUT',
  address: string,
  body: Blob,
  { onProgress, signal }: SendOptions = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    signal?.addEventListener('abort', abort, { once: true });
    request.open(method, address);
    request.responseType = 'text';
    if (body.type) request.setRequestHeader('content-type', body.type);
    request.upload.onprogress = ({ loaded }) => onProgress?.(Math.min(loaded, body.size));
    request.onerror = () => reject(ApiError.unreachable());
    request.onabort = () => reject(new DOMException('The upload was stopped', 'AbortError'));
    request.onload = () => {
      const { status, statusText, responseText } = request;
      const answer = new Response(responseText || null, { status, statusText, headers: headersOf(request) });
      if (answer.ok) resolve(answer);
      else ApiError.of(answer).then(reject, reject);
    };
    request.onloadend = () => signal?.removeEventListener('abort', abort);
    if (signal?.aborted) reject(new DOMException('The upload was stopped', 'AbortError'));
    else request.send(body);
  });
}
