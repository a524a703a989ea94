import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import type { Operation } from '../../domain/operation.js';
import type { QueryPairs } from '../../domain/query.js';
import type { RepoId } from '../../domain/repo-id.js';
import { countOf, fieldsOf } from '../../domain/read-fields.js';
import { linkTarget } from '../../domain/rewrite-link.js';
import { HubError } from '../../domain/hub-error.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import type { ClientInfo } from '../read/client-info.js';
import { SourceReadService } from '../read/source-read.service.js';
import { SourceDigests } from './source-digests.service.js';
import type { GgufFacts } from '../facts/model-facts.js';
import type { RepoFile } from '../facts/gguf-files.js';
import { isRegistryFile, type GgufRepo } from './gguf-repo.js';

/** Repositories with more entries are refused. */
const MAX_PAGES = 20;
/** Longer chat templates are ignored. */
const MAX_TEXT = 256 * 1024;

/** Lists the files of external repositories for registry clients, from the same replies that all clients get. */
@Injectable()
export class SourceGguf {
  constructor(
    private readonly reads: SourceReadService,
    private readonly digests: SourceDigests,
  ) {}

  /**
   * Returns `undefined` if no source applies to the request.
   * @throws HubError as `SourceReadService.read`; `NotImplemented` if the repository has too many files
   */
  async read(repo: RepoId, context: RequestContext, client: ClientInfo): Promise<GgufRepo | undefined> {
    const ask = async (operation: Operation): Promise<WireReply | undefined> => {
      const reply = await this.reads.read({ ...context, operation }, client);
      reply?.onSend?.()(); // only few values of the reply are kept
      return reply;
    };
    const reply = await ask({ kind: 'info', repo, query: [] });
    if (!reply) return undefined;
    const info = fieldsOf(reply.json);
    const commit = String(info['sha'] ?? 'main');
    const files: RepoFile[] = [];
    let query: QueryPairs | undefined = [['recursive', 'true']];
    for (let page = 0; query; page++) {
      if (page === MAX_PAGES) throw new HubError('NotImplemented', 'The repository has too many files for this API.');
      const tree: WireReply | undefined = await ask({ kind: 'tree', repo, rest: [commit], query });
      files.push(...registryFiles(tree?.json));
      query = nextQuery(tree?.headers['link']);
    }
    const place = { repo, commit, source: reply.headers['x-source'] ?? '' };
    const complete = await this.digests.complete(files, place, (operation) =>
      this.reads.read({ ...context, operation }, { ...client, mustProxy: true }),
    );
    return { repo, commit, files: complete, gguf: ggufOf(info['gguf']), headers: reply.headers };
  }
}

/** The header as the source describes it. */
function ggufOf(value: unknown): GgufFacts | undefined {
  const { total, architecture, chat_template, bos_token, eos_token } = fieldsOf(value);
  const count = countOf(total);
  if (count === undefined) return undefined;
  const texts = { architecture, chat_template, bos_token, eos_token };
  const valid = Object.entries(texts).filter(([, text]) => typeof text === 'string' && text.length <= MAX_TEXT);
  return { total: count, ...Object.fromEntries(valid) };
}

function nextQuery(link: string | undefined): QueryPairs | undefined {
  const next = link === undefined ? undefined : linkTarget(link, 'next');
  return next === undefined ? undefined : [...new URL(next).searchParams];
}

/** Fields of replies have the right types (`SourceStrategy.decode`), but may be missing. */
function registryFiles(entries: unknown): RepoFile[] {
  return (entries as readonly unknown[]).flatMap((entry): RepoFile[] => {
    const { type, path, size, oid, lfs } = fieldsOf(entry);
    if (type !== 'file' || typeof path !== 'string' || !isRegistryFile(path)) return [];
    const { oid: sha256, pointerSize } = fieldsOf(lfs);
    const large = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
    return [
      {
        path,
        size: Number(size),
        oid: String(oid),
        ...(large && { sha256, pointerSize: Number(pointerSize ?? 0) }),
      },
    ];
  });
}
