import { Injectable } from '@nestjs/common';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { FallbackSourcesService } from '../../fallback/sources/fallback-sources.service.js';
import type { ReplyHeaders } from '../../domain/upstream.js';
import type { FileRequest } from './file-request.js';

const QUOTED_GIT_ID = /^(W\/)?"?[0-9a-f]{40}"?$/;

/**
 * Finds which raw files of sources the cache may have. `/raw/` has what git stores: of a large file, this is its pointer, which only the source has. All other
 * files are the same as with `/resolve/`.
 */
@Injectable()
export class SourceRawFilesService {
  constructor(
    private readonly sources: FallbackSourcesService,
    private readonly resolver: FallbackResolver,
  ) {}

  /**
   * The request for the same bytes with `/resolve/`. The request itself if it is not for a raw file, or the source's replies are not kept, or the file is large.
   * @throws HubError the error of the source
   */
  async asResolve(request: FileRequest): Promise<FileRequest> {
    if (!request.operation.raw || !this.sources.sources().some(({ keepsReplies }) => keepsReplies)) return request;
    const { signal } = request; // a getter, which spreading leaves out
    const resolve: FileRequest = { ...request, signal, operation: { ...request.operation, raw: false } };
    const match = await this.resolver.locate(resolve);
    if (!match?.source.keepsReplies) return request;
    const { headers } = match.reply ?? (await this.resolver.probe(match.source, resolve));
    return isStoredInGit(headers) ? resolve : request;
  }
}

/** The ETag of a large file is its SHA-256. */
const isStoredInGit = (headers: ReplyHeaders): boolean =>
  QUOTED_GIT_ID.test(headers['x-linked-etag'] ?? headers['etag'] ?? '');
