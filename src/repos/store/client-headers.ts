/** Request headers that identify kinds of clients. */
export interface ClientHeaders {
  readonly accept?: string;
  readonly 'sec-fetch-site'?: string | string[];
  readonly 'sec-fetch-dest'?: string | string[];
}

/**
 * Whether the client must receive a source's bytes from this hub instead of a redirect to the source. Clients that accept Xet file info
 * would send their token to the host they are redirected to (docs/adr/0002), and scripts of the hub's own pages may only connect to the hub.
 */
export function mustProxy(headers: ClientHeaders): boolean {
  const isOwnScript = headers['sec-fetch-site'] === 'same-origin' && headers['sec-fetch-dest'] === 'empty';
  return isOwnScript || (headers.accept ?? '').includes('xet-fileinfo');
}

/** Whether a page of this hub requests the file in order to show it; this does not count as a download. */
export const isPreview = (headers: ClientHeaders): boolean =>
  headers['sec-fetch-site'] === 'same-origin' && headers['sec-fetch-dest'] !== 'document';
