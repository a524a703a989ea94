import type { Readable } from 'node:stream';
import type { Counter, Histogram } from 'prom-client';
import type { HubMetrics } from '../observability/hub-metrics.js';
import { isMissingContent } from './missing-content.js';
import type { BlobRange, BlobStore, PutOptions, StoredBlob } from './blob-store.js';

/** Adds metrics to a blob store. */
export class MeasuredBlobStore implements BlobStore {
  private readonly durations: Histogram<'operation' | 'outcome'>;
  private readonly stored: Counter;
  private readonly opened: Counter;
  private readonly missing: Counter;

  constructor(
    private readonly store: BlobStore,
    metrics: HubMetrics,
  ) {
    this.durations = metrics.histogram({
      name: 'hubfall_storage_operation_duration_seconds',
      help: 'Duration of blob store operations. The outcome is ok or failed; failures include invalid uploads',
      labels: ['operation', 'outcome'],
    });
    this.stored = metrics.counter({
      name: 'hubfall_storage_stored_bytes_total',
      help: 'Bytes written to the blob store',
      labels: [],
    });
    this.opened = metrics.counter({
      name: 'hubfall_storage_opened_total',
      help: 'Blobs or ranges of blobs opened for reading',
      labels: [],
    });
    this.missing = metrics.counter({
      name: 'hubfall_storage_missing_content_total',
      help: 'Reads of content that is missing from the storage or damaged in it',
      labels: [],
    });
  }

  async put(content: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<StoredBlob> {
    const blob = await this.timed('put', this.store.put(content, options));
    this.stored.inc(blob.size);
    return blob;
  }

  async putAll(contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
    await this.timed('put_all', this.store.putAll(contents));
    for (const content of contents.values()) this.stored.inc(content.byteLength);
  }

  open(sha256: string, range?: BlobRange): Readable {
    this.opened.inc();
    return this.store.open(sha256, range).once('error', (error) => {
      if (isMissingContent(error)) this.missing.inc();
    });
  }

  size(sha256: string): Promise<number | undefined> {
    return this.timed('size', this.store.size(sha256));
  }

  has(sha256: string): Promise<boolean> {
    return this.timed('size', this.store.has(sha256));
  }

  delete(sha256: string): Promise<void> {
    return this.timed('delete', this.store.delete(sha256));
  }

  setAside(sha256: string): Promise<string | undefined> {
    return this.timed('set_aside', this.store.setAside(sha256));
  }

  list(prefix: string): AsyncIterable<string> {
    return this.store.list(prefix);
  }

  sweep(before: Date): Promise<void> {
    return this.store.sweep(before);
  }

  ping(): Promise<void> {
    return this.store.ping();
  }

  admit(): void {
    this.store.admit();
  }

  private async timed<T>(operation: string, work: Promise<T>): Promise<T> {
    const started = performance.now();
    let outcome = 'failed';
    try {
      const result = await work;
      outcome = 'ok';
      return result;
    } finally {
      this.durations.observe({ operation, outcome }, (performance.now() - started) / 1000);
    }
  }
}
