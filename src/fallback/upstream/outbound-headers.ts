import type { SourceSecrets } from '../../domain/source.js';
import { authorizationOf, furtherHeaders } from './source-credentials.js';
import type { UpstreamRequest } from '../../domain/upstream.js';
import type { HubConfig } from '../../platform/config/hub-config.js';
import { outgoingVia, viaEntry } from './via.js';

/** The headers of requests to sources. A caller's credentials have no place in them (invariant 5). */
export class OutboundHeaders {
  private readonly ownVia: string;
  private readonly userAgent: string;

  constructor(instanceId: string, { version }: Pick<HubConfig, 'version'>) {
    this.ownVia = viaEntry(instanceId);
    this.userAgent = `hubfall/${version}`;
  }

  /**
   * @param via - entries of the incoming `Via` header
   * @param secrets - the source's own credentials, for its own origin only
   */
  of(
    request: Pick<UpstreamRequest, 'conditions' | 'form'>,
    via: readonly string[],
    secrets: SourceSecrets,
  ): Record<string, string> {
    const authorization = authorizationOf(secrets);
    const headers: Record<string, string> = {
      ...furtherHeaders(secrets),
      'user-agent': this.userAgent,
      via: outgoingVia(via, this.ownVia),
      'accept-encoding': 'identity', // a compressed file has another ETag and no length
      ...request.conditions,
    };
    if (authorization !== undefined) headers['authorization'] = authorization;
    if (request.form) headers['content-type'] = 'application/x-www-form-urlencoded';
    return headers;
  }
}
