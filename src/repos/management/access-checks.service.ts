import { Injectable } from '@nestjs/common';
import type { Caller } from '../../domain/caller.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { HubError } from '../../domain/hub-error.js';
import type { FileOperation } from '../../domain/operation.js';
import { fieldsOf } from '../../domain/read-fields.js';
import type { RepoId } from '../../domain/repo-id.js';
import { sourceHeaders } from '../../domain/tag-source.js';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { FallbackMetrics } from '../../fallback/resolver/fallback-metrics.service.js';
import { FallbackResolver } from '../../fallback/resolver/fallback.resolver.js';
import { ContentGate } from '../store/content-gate.service.js';
import { RepoAccessService } from '../store/repo-access.service.js';

const MISSING: ReadonlySet<string> = new Set(['EntryNotFound', 'RevisionNotFound']);

/** Files that may be public in a gated repository. */
const PUBLIC_FILES: ReadonlySet<unknown> = new Set(['README.md', '.gitattributes']);

/** The path of a file to which gating applies. A file need not exist for that. */
function gatedFile(info: unknown): string {
  const { siblings } = fieldsOf(info);
  const paths = (Array.isArray(siblings) ? siblings : []).map((sibling) => fieldsOf(sibling)['rfilename']);
  const path = paths.find((name) => typeof name === 'string' && !PUBLIC_FILES.has(name));
  return typeof path === 'string' ? path : 'config.json';
}

/** Checks callers' access to repositories, for the clients' `auth_check`. */
@Injectable()
export class AccessChecksService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly resolver: FallbackResolver,
    private readonly metrics: FallbackMetrics,
  ) {}

  /**
   * Checks read access. An external repository is requested from its source.
   *
   * @returns the headers of the response, which name the source
   * @throws HubError `RepoNotFound`, `GatedRepo`, or the strongest error of the sources
   */
  async checkRead(repo: RepoId, context: RequestContext): Promise<Readonly<Record<string, string>>> {
    const local = await this.access.find(repo, context.caller);
    if (local) await this.gate.open(local, context.caller);
    if (local) return {};
    const operation = { kind: 'info', repo, query: [] } as const;
    const resolved = await this.metrics.count('info', () => this.resolver.resolve({ ...context, operation }));
    if (!resolved) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    if (fieldsOf(resolved.reply.json)['gated']) await this.requireFileAccess(repo, context, resolved.reply.json);
    return sourceHeaders(resolved.source, resolved.reply);
  }

  /**
   * Requests the headers of a file, since sources show the information about gated repositories to all callers.
   *
   * @throws HubError `GatedRepo`, or another error of the source, unless it is that the repository has no such file
   */
  private async requireFileAccess(repo: RepoId, context: RequestContext, info: unknown): Promise<void> {
    const operation: FileOperation = {
      kind: 'resolve',
      raw: false,
      method: 'HEAD',
      repo,
      revision: 'main',
      query: [],
      conditions: {},
      path: gatedFile(info).split('/'),
    };
    const resolve = () => this.resolver.resolve({ ...context, operation });
    await this.metrics.count('resolve', resolve).catch((error: unknown) => {
      if (!(error instanceof HubError && MISSING.has(error.code))) throw error;
    });
  }

  /**
   * Checks write access, which callers only have to local repositories.
   *
   * @throws HubError `RepoNotFound`, `Unauthorized`, `Forbidden`
   */
  async checkWrite(repo: RepoId, caller: Caller): Promise<void> {
    await this.access.writable(repo, caller);
  }
}
