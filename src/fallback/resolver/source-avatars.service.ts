import { Inject, Injectable } from '@nestjs/common';
import { credentialsUnreadableMessage, offlineError } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import { isPlainPage } from '../../domain/hub-refusal.js';
import type { Source } from '../../domain/source.js';
import type { Failure, Outcome, Reply, UpstreamRequest } from '../../domain/upstream.js';
import { avatarLocation } from './avatar-location.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import type { SendContext } from '../upstream/send-context.js';
import { timeoutMsOf } from '../upstream/source-timeout.js';
import { UpstreamClient } from '../upstream/upstream-client.js';
import { readBytes } from '../upstream/read-body.js';

const MAX_AVATAR_BYTES = 1024 * 1024;
/** Redirects that are followed on other hosts. */
const MAX_REDIRECTS = 3;

const BYTES_REQUEST: Omit<UpstreamRequest, 'segments' | 'query'> = {
  method: 'GET',
  expects: 'stream',
  follow: 'always',
};

/** The reply of a source to the request of an avatar. */
export interface FetchedAvatar {
  /** Not necessarily an image; `undefined` if there is no avatar, or its URL must not be requested. */
  readonly bytes?: Buffer | undefined;
  /** Whether the reply may be one of another server, so that it does not replace an avatar that was stored before. */
  readonly isDoubtful: boolean;
}

/**
 * Fetches avatars from the URLs that sources report. A URL under the source's own base URL is requested with the source's token. All
 * others, including targets of redirects, are requested without it, and only from public hosts
 * (`KOHAKU_HUB_FALLBACK_ALLOW_PRIVATE_NETWORKS`).
 */
@Injectable()
export class SourceAvatars {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly upstream: UpstreamClient,
  ) {}

  /** @throws HubError `UpstreamFailed`, `UpstreamUnavailable`, `UpstreamTimeout`, `RateLimited` */
  async fetch(source: Source, avatar: string, { via, signal, client }: SendContext): Promise<FetchedAvatar> {
    const timeout = AbortSignal.timeout(timeoutMsOf(source, this.config));
    const context = { via, client, signal: AbortSignal.any([signal, timeout]) };
    try {
      const reply = await this.request(source, avatar, context);
      const isDoubtful = reply !== undefined && !isDefinitive(reply);
      if (reply?.status !== 200) return { isDoubtful };
      return { bytes: reply.stream && (await readBytes(reply.stream, MAX_AVATAR_BYTES)), isDoubtful };
    } catch (error) {
      if (timeout.aborted)
        throw new HubError('UpstreamTimeout', `The source ${source.name} did not send the avatar in time.`);
      if (error instanceof HubError) throw error;
      throw new HubError(
        'UpstreamFailed',
        `The source ${source.name} closed the connection before the avatar was complete.`,
        { cause: error },
      );
    }
  }

  private async request(source: Source, avatar: string, context: SendContext): Promise<Reply | undefined> {
    const location = avatarLocation(avatar, source.url);
    if (!location) return undefined;
    let reply = replyOf(
      source,
      location.url === undefined
        ? await this.upstream.send(source, { ...BYTES_REQUEST, ...location }, context)
        : await this.upstream.fetchNamed(source, location.url, BYTES_REQUEST, context),
    );
    for (let hops = 0; reply?.location !== undefined && hops < MAX_REDIRECTS; hops++)
      reply = replyOf(source, await this.upstream.fetchNamed(source, reply.location, BYTES_REQUEST, context));
    if (reply?.status !== 200) reply?.stream?.destroy();
    return reply;
  }
}

/** Whether the reply is about the avatar, and not that of a gateway or sign-in page in front of the source. */
function isDefinitive(reply: Reply): boolean {
  if (reply.status === 200)
    return !/^(text\/html|application\/(xhtml|json))/i.test(reply.headers['content-type'] ?? '');
  return (reply.status === 404 || reply.status === 410) && !isPlainPage(reply);
}

/** Returns `undefined` if there is definitively no avatar. */
function replyOf({ name }: Source, outcome: Outcome): Reply | undefined {
  if (outcome.kind === 'failure') return failed(name, outcome);
  if (outcome.status < 429) return outcome;
  if (outcome.status === 429)
    throw new HubError('RateLimited', `The source ${name} is rate limiting requests for avatars.`);
  const code = ({ 503: 'UpstreamUnavailable', 504: 'UpstreamTimeout' } as const)[outcome.status] ?? 'UpstreamFailed';
  throw new HubError(code, `The source ${name} cannot send the avatar at the moment.`);
}

function failed(name: string, { category, retryAfter }: Failure): undefined {
  const facts = { retryAfter };
  switch (category) {
    case 'refused':
    case 'invalid':
      return undefined;
    case 'timeout':
      throw new HubError('UpstreamTimeout', `The source ${name} did not send the avatar in time.`, facts);
    case 'rate-limited':
      throw new HubError('RateLimited', `The source ${name} limits the requests of this hub.`, facts);
    case 'unavailable':
    case 'busy':
      throw new HubError('UpstreamUnavailable', `The source ${name} is not available at the moment.`, facts);
    case 'offline':
      throw offlineError(name);
    case 'credentials-unreadable':
      throw new HubError('UpstreamFailed', credentialsUnreadableMessage(name), facts);
    case 'network':
    case 'aborted':
      throw new HubError('UpstreamFailed', `The avatar could not be fetched from the source ${name}.`, facts);
  }
}
