import { encodePath, encodeQuery } from '../../domain/encode-path.js';
import type { Source } from '../../domain/source.js';
import type { UpstreamRequest } from '../../domain/upstream.js';

/** Builds the URLs of requests to sources. */
export class SourceUrlBuilder {
  private readonly bases = new Map<string, URL>();

  /**
   * The absolute URL of a request, which is always below the source's URL (invariant 6).
   *
   * @throws TypeError if it would not be
   */
  urlOf(source: Source, request: Pick<UpstreamRequest, 'segments' | 'query'>): URL {
    const base = this.baseUrlOf(source);
    const url = new URL(`${source.url}${encodePath(request.segments)}${encodeQuery(request.query)}`);
    const basePath = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
    if (url.origin !== base.origin || !url.pathname.startsWith(basePath))
      throw new TypeError(`${url.pathname} is outside of the source's URL`);
    return url;
  }

  private baseUrlOf(source: Source): URL {
    let base = this.bases.get(source.url);
    if (!base) this.bases.set(source.url, (base = new URL(source.url)));
    return base;
  }
}
