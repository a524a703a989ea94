import { ApiError } from './api-error';

export interface SendOptions {
  /** Called with the number of bytes sent. */
  readonly onProgress?: (sent: number) => void;
  readonly signal?: AbortSignal;
}

const responseHeaders = (request: XMLHttpRequest): Headers =>
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

/**
 * Sends a body with upload progress, which `fetch` does not report.
 * @throws ApiError on an error response or if the hub is unreachable
 */
export function sendBody(
  method: 'POST' | 'PUT',
  url: string,
  body: Blob,
  { onProgress, signal }: SendOptions = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    signal?.addEventListener('abort', abort, { once: true });
    request.open(method, url);
    request.responseType = 'text';
    if (body.type) request.setRequestHeader('content-type', body.type);
    request.upload.onprogress = ({ loaded }) => onProgress?.(Math.min(loaded, body.size));
    request.onerror = () => reject(ApiError.unreachable());
    request.onabort = () => reject(new DOMException('The upload was cancelled', 'AbortError'));
    request.onload = () => {
      const { status, statusText, responseText } = request;
      const response = new Response(responseText || null, { status, statusText, headers: responseHeaders(request) });
      if (response.ok) resolve(response);
      else ApiError.of(response).then(reject, reject);
    };
    request.onloadend = () => signal?.removeEventListener('abort', abort);
    if (signal?.aborted) reject(new DOMException('The upload was cancelled', 'AbortError'));
    else request.send(body);
  });
}
