import { Injectable } from '@nestjs/common';
import type { SourceSetting } from '../../domain/source.js';
import { sourceIdentity } from '../../domain/check-source.js';
import { SourceTokens } from '../upstream/source-tokens.js';
import { FallbackSourcesService } from './fallback-sources.service.js';

/** Determines the token of a draft source in connection tests and dry runs. */
@Injectable()
export class DraftTokensService {
  constructor(
    private readonly sources: FallbackSourcesService,
    private readonly tokens: SourceTokens,
  ) {}

  /** The token in the draft, or else the token that saving the draft would keep: of the source with its namespace, name and host. */
  tokenFor(draft: SourceSetting): string | undefined {
    if (draft.token !== undefined) return draft.token ?? undefined;
    const stored = this.sources
      .list()
      .find(({ origin, source }) => origin === 'database' && sourceIdentity(source) === sourceIdentity(draft))?.source;
    if (!stored || new URL(stored.url).origin !== new URL(draft.url).origin) return undefined;
    return this.tokens.get(stored);
  }
}
