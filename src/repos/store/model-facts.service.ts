import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { EventLoopTurns } from '../../platform/async/event-loop-turns.js';
import { BLOB_STORE, openContent, type BlobStore } from '../../platform/storage/blob-store.js';
import { PathFacts } from '../facts/describe-model.js';
import type { HeaderJob } from '../facts/facts-messages.js';
import { FactsProcesses, type FactsResult } from '../facts/facts-processes.service.js';
import { ggufModels, modelWithTag, type RepoFile } from '../facts/gguf-files.js';
import { NO_FACTS, type GgufFacts, type ModelFacts, type WeightsFacts } from '../facts/model-facts.js';
import { ModelFactsStore } from '../facts/model-facts.store.js';
import type { CommitEntity } from './commit.entity.js';
import { LocalFilesService } from './local-files.service.js';
import type { LocalRepo } from './local-repo.js';
import { ObjectStore } from './object.store.js';

/** Further files of a repository are not considered. */
const MAX_FILES = 100_000;
const MAX_WEIGHT_FILES = 2_000;
const MAX_CACHE_BYTES = 16 * 1024 * 1024;
/** How long a response waits for a header that is read for the first time. */
const MAX_WAIT_MS = 1_000;
/** Changed when headers are read in another way, so that they are read again. */
const VERSION = 1;

const WEIGHTS = /\.safetensors(?:\.index\.json)?$/;
const CONFIGS = new Set([
  'config.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'adapter_config.json',
  'model_index.json',
]);

/** Files whose contents are read, and the key of the result. */
interface Reading extends HeaderJob {
  readonly key: string;
}

interface FoundFiles {
  readonly paths: PathFacts;
  readonly readings: readonly Reading[];
  readonly files: ReadonlyMap<string, RepoFile>;
}

/** Determines the facts that the files of a model contain. Headers are read once, for all repositories with the same files. */
@Injectable()
export class ModelFactsService {
  private readonly cache = new LRUCache<string, ModelFacts>({
    maxSize: MAX_CACHE_BYTES,
    sizeCalculation: (facts) => 500 + JSON.stringify(facts).length,
  });
  private readonly running = new Map<string, Promise<FactsResult>>();

  constructor(
    private readonly files: LocalFilesService,
    private readonly objects: ObjectStore,
    private readonly processes: FactsProcesses,
    private readonly store: ModelFactsStore,
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
  ) {}

  /** As `read`, but without facts that have not been read yet. */
  readStored(repository: LocalRepo, commit: CommitEntity): Promise<ModelFacts> {
    return this.describe(repository, commit, () => Promise.resolve(undefined));
  }

  /** As `read`, but without facts that are not available soon, or whose files cannot be read at the moment. */
  readSoon(repository: LocalRepo, commit: CommitEntity): Promise<ModelFacts> {
    return this.describe(repository, commit, async (start) => {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), MAX_WAIT_MS)));
      const found = await Promise.race([start().catch(() => undefined), timeout]);
      clearTimeout(timer);
      return found;
    });
  }

  /** @throws Error if files cannot be read */
  read(repository: LocalRepo, commit: CommitEntity): Promise<ModelFacts> {
    return this.describe(repository, commit, (start) => start());
  }

  private async describe(
    repository: LocalRepo,
    commit: CommitEntity,
    wait: (start: () => Promise<FactsResult>) => Promise<FactsResult | undefined>,
  ): Promise<ModelFacts> {
    if (repository.repo.type !== 'model') return NO_FACTS;
    const cacheKey = `${repository.id}:${commit.treeOid}`;
    const cached = this.cache.get(cacheKey);
    if (cached) return cached;
    const found = await this.find(repository, commit);
    const stored =
      found.readings.length === 0 ? undefined : await this.store.find(found.readings.map(({ key }) => key));
    const results: (FactsResult | undefined)[] = [];
    for (const reading of found.readings)
      results.push(stored?.get(reading.key) ?? (await wait(() => this.start(reading, found.files))));
    const factsOf = <T>(kind: HeaderJob['kind']): T | undefined => {
      const result = results[found.readings.findIndex((reading) => reading.kind === kind)];
      return result && 'facts' in result ? (result.facts as T) : undefined;
    };
    const facts = found.paths.describe(factsOf<GgufFacts>('gguf'), factsOf<WeightsFacts>('weights') ?? {});
    if (!results.includes(undefined)) this.cache.set(cacheKey, facts);
    return facts;
  }

  private async find(repository: LocalRepo, commit: CommitEntity): Promise<FoundFiles> {
    const paths = new PathFacts();
    const relevant: { path: string; oid: string }[] = [];
    const turns = new EventLoopTurns();
    let count = 0;
    for await (const { path, entry } of this.files.files(repository, commit)) {
      if (++count > MAX_FILES) break;
      paths.add(path);
      if (isRead(path)) relevant.push({ path, oid: entry.oid });
      if (turns.isOver) await turns.next();
    }
    if (relevant.length === 0) return { paths, readings: [], files: new Map() };
    const contents = await this.objects.blobs(
      repository.id,
      relevant.map(({ oid }) => oid),
    );
    const files = relevant.flatMap(({ path, oid }): RepoFile[] => {
      const blob = contents.get(oid);
      return blob ? [{ path, oid, size: blob.size, sha256: blob.sha256 }] : [];
    });
    const readings = [ggufReading(files), weightsReading(files)].filter((reading) => reading !== undefined);
    return { paths, readings, files: new Map(files.map((file) => [file.path, file])) };
  }

  private start(reading: Reading, files: ReadonlyMap<string, RepoFile>): Promise<FactsResult> {
    const { key, kind, files: readable } = reading;
    const running = this.running.get(key);
    if (running) return running;
    const result = this.processes
      .read({ kind, files: readable }, (path, range) => {
        const { sha256, size } = files.get(path)!;
        return openContent(this.blobs, { sha256: sha256!, size }, range);
      })
      .then(async (found) => {
        await this.store.save(key, found);
        return found;
      })
      .finally(() => this.running.delete(key));
    this.running.set(key, result);
    return result;
  }
}

const isRead = (path: string): boolean => /\.gguf$/i.test(path) || WEIGHTS.test(path) || CONFIGS.has(path);

/** The model that `latest` names stands for the repository, as all files usually are quantizations of one model. */
function ggufReading(files: readonly RepoFile[]): Reading | undefined {
  const model = modelWithTag(ggufModels(files), 'latest');
  return model && reading('gguf', model.parts);
}

function weightsReading(files: readonly RepoFile[]): Reading | undefined {
  const relevant = files.filter(({ path }) => WEIGHTS.test(path) || CONFIGS.has(path));
  return relevant.length === 0 || relevant.length > MAX_WEIGHT_FILES ? undefined : reading('weights', relevant);
}

function reading(kind: HeaderJob['kind'], files: readonly RepoFile[]): Reading {
  const hash = createHash('sha256').update(
    JSON.stringify(files.map(({ path, sha256 }) => [nameOf(kind, path), sha256])),
  );
  const readable = files.map(({ path, size }) => ({ path, size }));
  return { kind, files: readable, key: `${kind}:${VERSION}:${hash.digest('hex')}` };
}

/** The header of a GGUF file does not depend on its path, so that copies of it are not read again. */
const nameOf = (kind: HeaderJob['kind'], path: string): string => (kind === 'gguf' ? '' : path);
