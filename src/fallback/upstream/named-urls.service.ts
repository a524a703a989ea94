import { Inject, Injectable } from '@nestjs/common';
import { parseUrl } from '../../domain/parse-url.js';
import type { Source } from '../../domain/source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { AddressRefused, refuseHost, type AddressPolicy } from './address-guard.js';

const MAX_LENGTH = 2000;

/** Checks URLs that sources name for clients, which connect to them directly. */
@Injectable()
export class NamedUrls {
  private readonly policy: AddressPolicy;

  constructor(@Inject(HUB_CONFIG) { fallback }: HubConfig) {
    this.policy = fallback.allowPrivateNetworks ? 'own-host' : 'named-host';
  }

  /**
   * The URL without a trailing slash, encoded; `undefined` if it is not an http(s) URL of a host that may be named. Names of hosts are not resolved: that
   * is up to the client, in whose network they are used. The host of the source itself may be private.
   */
  accept(value: unknown, source: Pick<Source, 'url'>): string | undefined {
    const url = parse(value);
    if (!url || this.refusalOf(url, source) !== undefined) return undefined;
    return url.href.replace(/[<>"]/g, encodeURIComponent).replace(/\/$/, '');
  }

  /** The reason why the host of a URL may not be named, without a period at the end; `undefined` if it may, or the URL is invalid. */
  refusal(value: unknown, source: Pick<Source, 'url'>): string | undefined {
    const url = parse(value);
    return url && this.refusalOf(url, source);
  }

  private refusalOf(url: URL, source: Pick<Source, 'url'>): string | undefined {
    try {
      refuseHost(url, url.origin === new URL(source.url).origin ? 'own-host' : this.policy);
      return undefined;
    } catch (error) {
      if (error instanceof AddressRefused) return error.message;
      throw error;
    }
  }
}

function parse(value: unknown): URL | undefined {
  const url = typeof value === 'string' && value.length <= MAX_LENGTH ? parseUrl(value) : undefined;
  const isPlain =
    url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
  return isPlain ? url : undefined;
}
