import { Injectable } from '@nestjs/common';
import type { FileOperation } from '../../domain/operation.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { planRequests } from '../strategies/source-strategy.js';
import { strategyFor } from '../strategies/strategies.js';
import { UpstreamClient } from '../upstream/upstream-client.js';

/** URLs at a source that clients are redirected to. */
@Injectable()
export class SourceUrls {
  constructor(private readonly upstream: UpstreamClient) {}

  /** The absolute URL of a file at a source. */
  fileUrl(source: Source, operation: FileOperation): string {
    const [request] = planRequests(strategyFor(source.type), operation);
    return this.upstream.urlOf(source, request).href;
  }

  /** The absolute URL from which git clones a repository of a source. */
  gitUrl(source: Source, repo: RepoId): string {
    const segments = strategyFor(source.type).gitPath(repo);
    return this.upstream.urlOf(source, { segments, query: [] }).href;
  }
}
