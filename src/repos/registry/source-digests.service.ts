import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { FileOperation } from '../../domain/operation.js';
import { repoFullName, type RepoId } from '../../domain/repo-id.js';
import type { WireReply } from '../../platform/http/send-reply.js';
import type { RepoFile } from '../facts/gguf-files.js';

/** Sources store larger files outside of git, so that their SHA-256 is known. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 20;
const MAX_CACHED = 10_000;

/** Where files are, and which source has them. */
interface Place {
  readonly repo: RepoId;
  readonly commit: string;
  readonly source: string;
}

/** Determines the SHA-256 of small files that a source stores in git, such as `params`, by downloading them once. */
@Injectable()
export class SourceDigests {
  private readonly cache = new LRUCache<string, string>({ max: MAX_CACHED });

  /** @throws HubError as the download */
  async complete(
    files: readonly RepoFile[],
    place: Place,
    download: (operation: FileOperation) => Promise<WireReply | undefined>,
  ): Promise<RepoFile[]> {
    const missing = files.filter(({ sha256, size }) => sha256 === undefined && size <= MAX_BYTES).slice(0, MAX_FILES);
    const found = new Map<RepoFile, string>();
    for (const file of missing) {
      const sha256 = await this.digestOf(file, place, download);
      if (sha256 !== undefined) found.set(file, sha256);
    }
    return files.map((file) => (found.has(file) ? { ...file, sha256: found.get(file)! } : file));
  }

  private async digestOf(
    { path, oid }: RepoFile,
    { repo, commit, source }: Place,
    download: (operation: FileOperation) => Promise<WireReply | undefined>,
  ): Promise<string | undefined> {
    const key = JSON.stringify([source, repoFullName(repo), oid]);
    const cached = this.cache.get(key);
    if (cached !== undefined) return cached;
    const file = { repo, revision: commit, path: path.split('/'), raw: false, query: [], conditions: {} };
    const reply = await download({ kind: 'resolve', method: 'GET', ...file });
    if (reply?.status !== 200 || !reply.stream) return undefined;
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of reply.stream) {
      size += piece.length;
      if (size > MAX_BYTES) return undefined;
      hash.update(piece);
    }
    const sha256 = hash.digest('hex');
    this.cache.set(key, sha256);
    return sha256;
  }
}
