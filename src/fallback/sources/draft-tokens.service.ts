import { Injectable } from '@nestjs/common';
import type { SourceSetting } from '../../domain/source.js';
import { sourceIdentity } from '../../domain/check-source.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import { FallbackSourcesService } from './fallback-sources.service.js';

/** Which token a source that is only tried out is asked with. */
@Injectable()
export class DraftTokensService {
  constructor(
    private readonly sources: FallbackSourcesService,
    private readonly tokens: SourceTokens,
  ) {}

  /** Its own; when none is given, the one that would stay if it were stored: of the same namespace, name and host. */
  tokenFor(draft: SourceSetting): string | undefined {
    if (draft.token !== undefined) return draft.token ?? undefined;
    const stored = this.sources
      .list()
      .find(({ origin, source }) => origin === 'database' && sourceIdentity(source) === sourceIdentity(draft))?.source;
    if (!stored || new URL(stored.url).origin !== new URL(draft.url).origin) return undefined;
    return this.tokens.get(stored);
  }
}
