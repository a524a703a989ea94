import { Injectable } from '@nestjs/common';
import { SingleFlight } from '../../platform/async/single-flight.js';
import type { SendContext } from '../upstream/send-context.js';
import { ProfileCache } from '../cache/profile-cache.service.js';
import type { ExternalAccount } from './accounts.resolver.js';
import type { RequestContext } from './fallback-request.js';
import { KeptAvatars } from './kept-avatars.service.js';

/** Encodes an image; `undefined` if the bytes are not an image that can be shown. */
export type EncodeAvatar<Image> = (bytes: Buffer) => Promise<Image | undefined>;

interface HasContent {
  readonly content: Buffer;
}

/** Cached for an account without an avatar that can be shown. */
const NONE: HasContent = Object.freeze({ content: Buffer.alloc(0) });

/** Fetches and encodes avatars of external accounts once for all concurrent requests, and caches them as long as a binding. */
@Injectable()
export class AvatarsResolver {
  private readonly fetches = new SingleFlight<HasContent>();

  constructor(
    private readonly cache: ProfileCache,
    private readonly avatars: KeptAvatars,
  ) {}

  /**
   * Returns `undefined` if there is no avatar that can be shown.
   * @throws HubError if it cannot be fetched now
   */
  async find<Image extends HasContent>(
    external: ExternalAccount,
    { via, signal, client, turn }: RequestContext,
    encode: EncodeAvatar<Image>,
  ): Promise<Image | undefined> {
    const { source, account } = external;
    if (account.avatar === null) return undefined;
    const key = `fallback:picture:${source.key}:${account.kind}:${account.name}:${source.url}`;
    turn?.pause();
    const image =
      this.cache.get<HasContent>(key) ??
      (await this.fetches.join(key, signal, (shared) =>
        this.load(key, external, { via, client, signal: shared }, encode),
      ));
    return image === NONE ? undefined : (image as Image);
  }

  private load(
    key: string,
    external: ExternalAccount,
    context: SendContext,
    encode: EncodeAvatar<HasContent>,
  ): Promise<HasContent> {
    return this.cache.fill(async (store) => {
      const bytes = await this.avatars.fetch(external, context);
      const image = (bytes && (await encode(bytes))) ?? NONE;
      store(key, image, { bytes: image.content.length, maxSeconds: this.avatars.maxSeconds(external) });
      return image;
    });
  }
}
