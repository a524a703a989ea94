import { Inject, Injectable } from '@nestjs/common';
import { freshnessState, windowsOf } from '../../domain/freshness.js';
import { HUB_CONFIG, type HubConfig } from '../../platform/config/hub-config.js';
import { KeptAnswers, type KeptAnswer } from '../cache/kept-answers.service.js';
import type { SendContext } from '../upstream/send-context.js';
import type { ExternalAccount } from './accounts.resolver.js';
import { FreshnessMetrics } from './freshness-metrics.service.js';
import { SourceAvatars } from './source-avatars.service.js';

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
   * The bytes of an avatar, which are not necessarily an image; `undefined` if the account has no avatar.
   * @throws HubError if they are not stored and cannot be fetched now
   */
  async fetch({ source, account }: ExternalAccount, context: SendContext): Promise<Buffer | undefined> {
    const avatar = account.avatar!;
    if (!source.keepsReplies) return (await this.avatars.fetch(source, avatar, context)).bytes;
    const slot = { source, name: `avatar ${account.kind} ${account.name} ${avatar}` };
    const answer = await this.kept.get(slot);
    const state = answer && freshnessState(answer, windowsOf(source, this.config.fallback), this.kept.now);
    if (answer && (source.offline || state === 'fresh')) {
      this.metrics.count(source.name, state === 'fresh' ? 'fresh' : 'stale');
      return bytesOf(answer);
    }
    try {
      const { bytes, isDoubtful } = await this.avatars.fetch(source, avatar, context);
      const stored = isDoubtful && state !== 'expired' ? answer && bytesOf(answer) : undefined;
      if (stored) {
        this.metrics.count(source.name, 'stale');
        return stored;
      }
      const reply = { kind: 'reply', status: bytes ? 200 : 404, headers: {}, json: bytes?.toString('base64') } as const;
      await this.kept.put(slot, { replies: [reply] });
      return bytes;
    } catch (error) {
      if (!answer || state === 'expired') throw error;
      this.metrics.count(source.name, 'stale');
      return bytesOf(answer);
    }
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
