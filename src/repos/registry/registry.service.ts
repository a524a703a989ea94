import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../fallback/resolver/fallback-request.js';
import { REPO_NOT_FOUND_MESSAGE } from '../../domain/choose-failure.js';
import { encodePath } from '../../domain/encode-path.js';
import { HubError } from '../../domain/hub-error.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import { repoPath } from '../../domain/urls.js';
import { matchesIfNoneMatch } from '../../platform/http/etag.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import { clientInfoOf } from '../read/client-info.js';
import { ContentGate } from '../store/content-gate.service.js';
import { isOtherCase, orLocal } from '../store/other-case.js';
import { RepoAccessService } from '../store/repo-access.service.js';
import { OllamaTemplates } from '../facts/ollama-templates.service.js';
import { ggufModels, tagsOf } from '../facts/gguf-files.js';
import { artifactOf, hasDigests, manifestWithDigest, manifestWithTag, type FoundModels } from './find-manifest.js';
import { digestOf } from './gguf-manifest.js';
import type { GgufRepo } from './gguf-repo.js';
import { LocalGguf } from './local-gguf.service.js';
import { SourceGguf } from './source-gguf.service.js';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Serves GGUF models to registry clients. The files are those of the repository; nothing is stored a second time. */
@Injectable()
export class RegistryService {
  constructor(
    private readonly access: RepoAccessService,
    private readonly gate: ContentGate,
    private readonly local: LocalGguf,
    private readonly sources: SourceGguf,
    private readonly templates: OllamaTemplates,
  ) {}

  /**
   * The manifest of a model. Clients of llama.cpp also get the names of its files, with which they download them.
   * @param reference - a tag, or the digest of a manifest
   * @throws HubError `EntryNotFound` if the repository has no such model; as `find`
   */
  async manifest(repo: RepoId, reference: string, context: RequestContext, request: HubRequest): Promise<WireReply> {
    const all = await this.find(repo, context, request);
    const { found } = all;
    const named = reference.startsWith('sha256:')
      ? manifestWithDigest(all, reference)
      : manifestWithTag(all, reference, request.headers);
    const { body, mediaType } = named;
    const digest = digestOf(JSON.stringify(body));
    const headers = {
      ...found.headers,
      'content-type': mediaType,
      'docker-content-digest': digest,
      etag: `"${digest}"`,
      'x-repo-commit': found.commit,
      vary: 'Accept, User-Agent',
    };
    return matchesIfNoneMatch(request.headers['if-none-match'], digest)
      ? { status: 304, headers }
      : { status: 200, headers, json: body };
  }

  /**
   * Redirects to a file at its usual address, where the caller's rights are checked again. Generated texts are sent directly.
   * @throws HubError `EntryNotFound` if the repository has no content with this digest; as `find`
   */
  async blob(repo: RepoId, digest: string, context: RequestContext, request: HubRequest): Promise<WireReply> {
    const all = await this.find(repo, context, request);
    const { found, models } = all;
    if (!DIGEST.test(digest)) throw new HubError('BadRequest', 'A digest is "sha256:" and 64 hexadecimal digits.');
    const headers = { ...found.headers, 'docker-content-digest': digest, etag: `"${digest}"` };
    const file = found.files.find(({ sha256 }) => `sha256:${sha256}` === digest);
    if (file) {
      const address = `${repoPath(found.repo)}/resolve/${found.commit}${encodePath(file.path.split('/'))}`;
      return { status: 307, headers: { ...headers, location: request.urls.url(address), 'cache-control': 'no-store' } };
    }
    for (const model of models.filter(hasDigests)) {
      const blob = artifactOf(all, model).generated.find((candidate) => candidate.digest === digest);
      // Ollama requests the content at the Location of the first response
      if (blob) return textReply(blob.content, { ...headers, location: request.urls.url(request.path) });
    }
    throw new HubError('EntryNotFound', `The repository "${repoFullName(repo)}" has no content with this digest.`);
  }

  /** @throws HubError as `find` */
  async tags(repo: RepoId, context: RequestContext, request: HubRequest): Promise<WireReply> {
    const { found, models } = await this.find(repo, context, request);
    return { status: 200, headers: found.headers, json: { name: repoFullName(found.repo), tags: tagsOf(models) } };
  }

  /** @throws HubError `EntryNotFound` if the repository has no GGUF models; the error of the repository or its source */
  private async find(repo: RepoId, context: RequestContext, request: HubRequest): Promise<FoundModels> {
    const client = { ...clientInfoOf(request, request.path), acceptsXetInfo: false };
    const external = (): Promise<GgufRepo | undefined> => this.sources.read(repo, context, client);
    const local = await this.access.find(repo, context.caller);
    const ofSource = local && isOtherCase(local, repo) ? await orLocal(external) : undefined;
    const found =
      ofSource ?? (local ? await this.local.read(await this.gate.open(local, context.caller)) : await external());
    if (!found) throw new HubError('RepoNotFound', REPO_NOT_FOUND_MESSAGE);
    const models = ggufModels(found.files);
    if (models.length > 0) return { found, models, template: await this.templates.convert(found.gguf) };
    const { commit } = found;
    throw new HubError('EntryNotFound', `The repository "${repoFullName(repo)}" has no GGUF models.`, { commit });
  }
}

const textReply = (content: string, headers: Readonly<Record<string, string>>): WireReply => ({
  status: 200,
  headers: {
    ...headers,
    'content-type': 'application/octet-stream',
    'content-length': String(Buffer.byteLength(content)),
  },
  stream: chunkOf(Buffer.from(content)),
});

async function* chunkOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
