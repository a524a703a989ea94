import { Inject, Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import type { Source } from '../../domain/source.js';
import type { Failure, Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';
import { picturePlace } from './avatar-location.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { UpstreamClient, type SendContext } from '../upstream/upstream-client.js';
import { readBytes } from '../upstream/read-bytes.js';

/** The most that a picture may have, in bytes. */
const LARGEST = 1024 * 1024;
/** How often another host may send on. */
const MOST_HOPS = 3;

const AS_BYTES: Omit<UpstreamRequest, 'segments' | 'query'> = { method: 'GET', expects: 'stream', follow: 'always' };

/**
 * Fetches the picture that a source names. What lies under the source's own base is asked for as anything is, with its token; anything else,
 * also where a redirect leads, without any, and only from hosts that may be named (`KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS`).
 */
@Injectable()
export class SourceAvatars {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly upstream: UpstreamClient,
  ) {}

  /**
   * The bytes, whatever they are; undefined where there is no picture, or none that may be fetched.
   * @throws HubError `UpstreamFailed`, `UpstreamUnavailable`, `UpstreamTimeout`, `RateLimited`
   */
  async fetch(source: Source, named: string, { via, signal }: SendContext): Promise<Buffer | undefined> {
    const late = AbortSignal.timeout(this.config.fallback.timeoutMs);
    const context = { via, signal: AbortSignal.any([signal, late]) };
    try {
      const reply = await this.reach(source, named, context);
      return reply?.stream && (await readBytes(reply.stream, LARGEST));
    } catch (error) {
      if (late.aborted) throw new HubError('UpstreamTimeout', `The picture from ${source.name} did not come in time.`);
      if (error instanceof HubError) throw error;
      throw new HubError('UpstreamFailed', `The picture from ${source.name} broke off.`, { cause: error });
    }
  }

  private async reach(source: Source, named: string, context: SendContext): Promise<Reply | undefined> {
    const place = picturePlace(named, source.url);
    if (!place) return undefined;
    let reply = replyOf(
      source,
      place.url === undefined
        ? await this.upstream.ask(source, { ...AS_BYTES, ...place }, context)
        : await this.upstream.fetchNamed(place.url, AS_BYTES, context),
    );
    for (let hops = 0; reply?.location !== undefined && hops < MOST_HOPS; hops++)
      reply = replyOf(source, await this.upstream.fetchNamed(reply.location, AS_BYTES, context));
    if (reply?.status === 200) return reply;
    reply?.stream?.destroy();
    return undefined;
  }
}

/** Undefined where there certainly is no picture. */
function replyOf({ name }: Source, outcome: Outcome): Reply | undefined {
  if (outcome.kind === 'failure') return failed(name, outcome);
  if (outcome.status < 429) return outcome;
  if (outcome.status === 429) throw new HubError('RateLimited', `The pictures of ${name} are limited.`);
  const code = ({ 503: 'UpstreamUnavailable', 504: 'UpstreamTimeout' } as const)[outcome.status] ?? 'UpstreamFailed';
  throw new HubError(code, `The picture from ${name} cannot be had at the moment.`);
}

function failed(name: string, { category, retryAfter }: Failure): undefined {
  const facts = { retryAfter };
  switch (category) {
    case 'refused':
    case 'invalid':
      return undefined;
    case 'timeout':
      throw new HubError('UpstreamTimeout', `The picture from ${name} did not come in time.`, facts);
    case 'rate-limited':
      throw new HubError('RateLimited', `The source ${name} limits our requests.`, facts);
    case 'unavailable':
      throw new HubError('UpstreamUnavailable', `The source ${name} is not available at the moment.`, facts);
    case 'network':
    case 'aborted':
      throw new HubError('UpstreamFailed', `The picture from ${name} could not be fetched.`, facts);
  }
}
