import { Inject, Injectable } from '@nestjs/common';
import { freshnessState, windowsOf, type Freshness } from '../../domain/freshness.js';
import type { Source } from '../../domain/source.js';
import type { ReplyAge } from '../../domain/tag-source.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { KeptAnswers, type KeptAnswer } from '../cache/kept-answers.service.js';
import type { SendContext } from '../upstream/send-context.js';
import type { ExternalAccount } from './accounts.resolver.js';
import { FreshnessMetrics } from './freshness-metrics.service.js';
import { SourceAvatars } from './source-avatars.service.js';

/** The bytes of an avatar, `undefined` if the account has none, and how current they are. */
export interface FetchedAvatar {
  readonly bytes: Buffer | undefined;
  readonly age: ReplyAge;
}

/** Fetches avatars, and stores them if the replies of their source are stored (ADR 43). */
@Injectable()
export class KeptAvatars {
  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly kept: KeptAnswers,
    private readonly avatars: SourceAvatars,
    private readonly metrics: FreshnessMetrics,
  ) {}

  /**
   * An avatar, whose bytes are not necessarily an image.
   * @throws HubError if they are not stored and cannot be fetched now
   */
  async fetch({ source, account }: ExternalAccount, context: SendContext): Promise<FetchedAvatar> {
    const avatar = account.avatar!;
    if (!source.keepsReplies) return { bytes: (await this.avatars.fetch(source, avatar, context)).bytes, age: {} };
    const slot = { source, name: `avatar ${account.kind} ${account.name} ${avatar}` };
    const answer = await this.kept.get(slot);
    const state = answer && freshnessState(answer, windowsOf(source, this.config.fallback), this.kept.now);
    if (answer && (source.offline || state === 'fresh'))
      return this.served(source, answer, state === 'fresh' ? 'fresh' : 'stale');
    try {
      const { bytes, isDoubtful } = await this.avatars.fetch(source, avatar, context);
      if (isDoubtful && state !== 'expired' && answer && bytesOf(answer)) return this.served(source, answer, 'stale');
      const reply = { kind: 'reply', status: bytes ? 200 : 404, headers: {}, json: bytes?.toString('base64') } as const;
      await this.kept.put(slot, { replies: [reply] });
      return { bytes, age: { age: 0, freshness: 'fresh' } };
    } catch (error) {
      if (!answer || state === 'expired') throw error;
      return this.served(source, answer, 'stale');
    }
  }

  private served({ name }: Source, answer: KeptAnswer, freshness: Freshness): FetchedAvatar {
    this.metrics.count(name, freshness);
    const age = Math.max(0, Math.floor((this.kept.now - answer.checkedAt) / 1000));
    return { bytes: bytesOf(answer), age: { age, freshness } };
  }

  /** How long an avatar may be cached elsewhere, in seconds. */
  maxSeconds({ source }: ExternalAccount): number | undefined {
    return source.keepsReplies ? (source.freshSeconds ?? this.config.fallback.freshSeconds) : undefined;
  }
}

function bytesOf({ replies }: KeptAnswer): Buffer | undefined {
  const text = replies?.[0]?.json;
  return typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
}
