import { Inject, Injectable } from '@nestjs/common';
import type { ReplyAge } from '../../domain/tag-source.js';
import { SingleFlight } from '../../platform/async/single-flight.js';
import { MONOTONIC_CLOCK, type MonotonicClock } from '../../platform/config/clock.js';
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

/** An encoded avatar, and how current it is. */
export interface FoundAvatar<Image> {
  readonly image: Image;
  readonly age: ReplyAge;
}

/** An avatar as it is cached: `undefined` if the account has none that can be shown. */
interface CachedAvatar {
  readonly image: HasContent | undefined;
  readonly age: ReplyAge;
  readonly atMs: number;
}

/** Fetches and encodes avatars of external accounts once for all concurrent requests, and caches them as long as a binding. */
@Injectable()
export class AvatarsResolver {
  private readonly fetches = new SingleFlight<CachedAvatar>();

  constructor(
    private readonly cache: ProfileCache,
    private readonly avatars: KeptAvatars,
    @Inject(MONOTONIC_CLOCK) private readonly now: MonotonicClock,
  ) {}

  /**
   * Returns `undefined` if there is no avatar that can be shown.
   * @throws HubError if it cannot be fetched now
   */
  async find<Image extends HasContent>(
    external: ExternalAccount,
    { via, signal, client, turn }: RequestContext,
    encode: EncodeAvatar<Image>,
  ): Promise<FoundAvatar<Image> | undefined> {
    const { source, account } = external;
    if (account.avatar === null) return undefined;
    const key = `fallback:picture:${source.key}:${account.kind}:${account.name}:${source.url}`;
    turn?.pause();
    const { image, age, atMs } =
      this.cache.get<CachedAvatar>(key) ??
      (await this.fetches.join(key, signal, (shared) =>
        this.load(key, external, { via, client, signal: shared }, encode),
      ));
    if (!image) return undefined;
    const seconds = age.age === undefined ? undefined : age.age + Math.floor((this.now() - atMs) / 1000);
    return { image: image as Image, age: { ...age, age: seconds } };
  }

  private load(
    key: string,
    external: ExternalAccount,
    context: SendContext,
    encode: EncodeAvatar<HasContent>,
  ): Promise<CachedAvatar> {
    return this.cache.fill(async (store) => {
      const { bytes, age } = await this.avatars.fetch(external, context);
      const image = bytes && (await encode(bytes));
      const avatar = { image, age, atMs: this.now() };
      store(key, avatar, { bytes: image?.content.length ?? 0, maxSeconds: this.avatars.maxSeconds(external) });
      return avatar;
    });
  }
}
