/** What a request says of itself, in headers that only programs of one kind send. */
export interface ClientHeaders {
  readonly accept?: string;
  readonly 'sec-fetch-site'?: string | string[];
  readonly 'sec-fetch-dest'?: string | string[];
}

/**
 * Must this client get a source's bytes from us rather than be led to the source? One that seeks Xet's description of a file would
 * take its token along to whatever host it is led to (docs/adr/0002), and a script of the hub's own pages may talk to the hub alone.
 */
export function mustProxy(hints: ClientHeaders): boolean {
  const ownScript = hints['sec-fetch-site'] === 'same-origin' && hints['sec-fetch-dest'] === 'empty';
  return ownScript || (hints.accept ?? '').includes('xet-fileinfo');
}

/** Does one of the hub's own pages ask, to show something in itself, rather than a person to have it? */
export const isPreview = (hints: ClientHeaders): boolean =>
  hints['sec-fetch-site'] === 'same-origin' && hints['sec-fetch-dest'] !== 'document';
