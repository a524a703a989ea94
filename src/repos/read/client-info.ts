import type { UrlBuilder } from '../../domain/url-builder.js';
import { clientAddress } from '../../platform/http/client-address.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { isPreview, mustProxy } from '../store/client-headers.js';
import { acceptsXetFileInfo } from './xet-file-info.js';

/** The URL that a client requested, and properties of the client derived from its request. */
export interface ClientInfo {
  /** Requested path, without the query. */
  readonly path: string;
  /** Builds the URLs of this hub in the response. */
  readonly urls: UrlBuilder;
  /** IP address of the client, see `clientAddress`. */
  readonly address: string;
  /** True if the client must not be redirected to another host, so that the hub streams the file itself. */
  readonly mustProxy: boolean;
  /**
   * True if the request had an `Authorization` header. wget, aria2c and Python's urllib repeat it at the target of a redirect, also on another
   * host, so the client must not be redirected to a source.
   */
  readonly hadAuthorization: boolean;
  /** True if the client has credentials and may repeat them anywhere, so that it must not be redirected at all. */
  readonly mayRepeatCredentials: boolean;
  /** True if the client accepts the Xet description of a file instead of the file. */
  readonly acceptsXetInfo: boolean;
  /** True if a page of the hub shows the file; this does not count as a download. */
  readonly isPreview: boolean;
}

/** @param path - requested path, without the query */
export const clientInfoOf = (request: HubRequest, path: string): ClientInfo => ({
  path,
  urls: request.urls,
  address: clientAddress(request),
  mustProxy: mustProxy(request.headers),
  hadAuthorization: request.hadAuthorization === true,
  mayRepeatCredentials: request.mayRepeatCredentials === true,
  acceptsXetInfo: acceptsXetFileInfo(request.headers.accept),
  isPreview: isPreview(request.headers),
});
