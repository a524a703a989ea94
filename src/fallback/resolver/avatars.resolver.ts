import { Injectable } from '@nestjs/common';
import { AnswerMemory } from '../cache/answer-memory.service.js';
import { lookupName } from '../../domain/lookup-key.js';
import type { ExternalAccount } from './accounts.resolver.js';
import type { RequestContext } from './fallback-request.js';
import { SingleFlight } from '../../platform/async/single-flight.js';
import { SourceAvatars } from './source-avatars.service.js';

/** Makes a picture that can be shown of bytes that claim to be one; undefined where they are none. */
export type Drawing<P> = (bytes: Buffer) => Promise<P | undefined>;

/** A picture of which only its size matters here. */
interface Sized {
  readonly content: Buffer;
}

const NONE: Sized = Object.freeze({ content: Buffer.alloc(0) });

/** Shows pictures of sources' accounts. Each is fetched and made once, whoever asks at the same time, and remembered like a binding. */
@Injectable()
export class AvatarsResolver {
  private readonly fetches = new SingleFlight<Sized>();

  constructor(
    private readonly memory: AnswerMemory,
    private readonly pictures: SourceAvatars,
  ) {}

  /** Undefined where there is none that can be shown. @throws HubError why it cannot be had now */
  async find<P extends Sized>(
    far: ExternalAccount,
    { via, signal }: RequestContext,
    draw: Drawing<P>,
  ): Promise<P | undefined> {
    const { kind, name, avatar } = far.account;
    if (avatar === null) return undefined;
    const key = `fallback:picture:${far.source.key}:${kind}:${lookupName(name)}:${far.source.url}`;
    const found =
      this.memory.recall<Sized>(key) ??
      (await this.fetches.join(key, signal, (shared) => this.make({ key, far, draw }, { via, signal: shared })));
    return found === NONE ? undefined : (found as P);
  }

  private async make<P extends Sized>(
    { key, far, draw }: { key: string; far: ExternalAccount; draw: Drawing<P> },
    asking: Pick<RequestContext, 'via' | 'signal'>,
  ): Promise<Sized> {
    const { generation } = this.memory;
    const bytes = await this.pictures.fetch(far.source, far.account.avatar!, asking);
    const picture = (bytes && (await draw(bytes))) ?? NONE;
    this.memory.remember(key, picture, { generation, bytes: picture.content.length });
    return picture;
  }
}
