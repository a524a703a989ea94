import type { UpstreamRequest } from '../../domain/upstream.js';

/** A request to a URL that a source names, such as the target of a redirect. */
export interface NamedRequest extends Pick<UpstreamRequest, 'method' | 'conditions'> {
  /** Size of the requested file in bytes, if the source has reported it. */
  readonly size?: string;
  /** A token that the source has issued for this host. Never a credential of the source. */
  readonly bearer?: string;
  /** Whether the URL may be on the origin of the source itself, which then gets its request headers and client certificate, but not its token. */
  readonly mayBeOwnOrigin?: true;
  /** Whether the body is JSON, which is read. Otherwise it is passed on. */
  readonly readsJson?: true;
}
