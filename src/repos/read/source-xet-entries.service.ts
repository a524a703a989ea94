import { Injectable } from '@nestjs/common';
import type { Operation } from '../../domain/operation.js';
import { countOf, fieldsOf, type Fields } from '../../domain/read-fields.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import { isXetHash } from '../../domain/xet-hash.js';
import { Deliveries } from '../../fallback/sources/deliveries.service.js';
import { XetModes } from '../../fallback/sources/xet-modes.service.js';
import { runInSteps } from '../../platform/async/run-in-steps.js';
import { cacheKeyOf } from '../content-cache/cache-key.js';
import { HeldXetFileStore } from '../xet-reads/held-xet-files.store.js';
import { relayedId } from '../xet-reads/relayed-ids.js';
import { mayServeCopy } from '../xet-reads/source-xet-files.service.js';
import { XetOffers } from '../xet-reads/xet-offers.service.js';
import { mayOfferCopies } from './source-xet-offers.service.js';

/** Entries that are checked in one step. Takes a few milliseconds; with rules, whose patterns may be slow to match, up to 50. */
const STEP_LENGTH = 2_000;
const STEP_LENGTH_WITH_RULES = 10;

/** A file in a list of a source. */
interface FileEntry {
  readonly path: string;
  readonly size: number | null;
  /** SHA-256 of a large file. */
  readonly sha256: unknown;
}

/** Shows the Xet hashes of offered files in replies of sources, as `SourceXetOffers` does for single files, and hides all others. */
@Injectable()
export class SourceXetEntries {
  constructor(
    private readonly offers: XetOffers,
    private readonly held: HeldXetFileStore,
    private readonly deliveries: Deliveries,
    private readonly modes: XetModes,
  ) {}

  /** The JSON of a reply, with the hashes of offered files. */
  async visible(json: unknown, { kind, repo }: Operation, source: Source): Promise<unknown> {
    if (kind === 'tree' || kind === 'pathsInfo') return this.entries(json as readonly unknown[], repo, source);
    if (kind !== 'info' && kind !== 'revision') return json;
    const info: Record<string, unknown> = { ...fieldsOf(json) };
    if ('xetEnabled' in info && !this.mayOffer(source)) info['xetEnabled'] = false;
    if (Array.isArray(info['siblings'])) info['siblings'] = await this.entries(info['siblings'], repo, source);
    return info;
  }

  private mayOffer({ xet }: Source): boolean {
    return this.offers.isEnabled && xet !== 'hide';
  }

  private async entries(entries: readonly unknown[], repo: RepoId, source: Source): Promise<unknown[]> {
    const copies = mayOfferCopies(source) ? await this.copies(entries, repo, source) : new Set();
    return runInSteps(this.steps(entries, { repo, source, copies }));
  }

  /** SHA-256 of the files whose copies are offered. */
  private async copies(entries: readonly unknown[], repo: RepoId, source: Source): Promise<ReadonlySet<unknown>> {
    const candidates = entries.flatMap((entry) => {
      const { path, size, sha256 } = fileOf(fieldsOf(entry)) ?? {};
      if (path === undefined || typeof size !== 'number' || typeof sha256 !== 'string') return [];
      return this.offers.isCopyOffered(size) && mayServeCopy(this.deliveries, source, { repo, path, size })
        ? [sha256]
        : [];
    });
    return candidates.length === 0 ? new Set() : this.held.among(cacheKeyOf(source), repo, candidates);
  }

  private *steps(
    entries: readonly unknown[],
    { repo, source, copies }: { readonly repo: RepoId; readonly source: Source; readonly copies: ReadonlySet<unknown> },
  ): Generator<void, unknown[]> {
    const visible: unknown[] = [];
    const sourceKey = cacheKeyOf(source);
    const step = source.rules.length > 0 ? STEP_LENGTH_WITH_RULES : STEP_LENGTH;
    for (const [n, entry] of entries.entries()) {
      const fields = fieldsOf(entry);
      const file = fileOf(fields);
      if (file && copies.has(file.sha256))
        visible.push({ ...fields, xetHash: this.offers.hashOf(file.sha256 as string) });
      else if ('xetHash' in fields) visible.push(this.offered(fields, file, { repo, source, sourceKey }));
      else visible.push(entry);
      if (n % step === step - 1) yield;
    }
    return visible;
  }

  /** An entry with the hash by which its file is offered, or without one. */
  private offered(
    { xetHash: hash, ...rest }: Fields,
    file: FileEntry | undefined,
    { repo, source, sourceKey }: { readonly repo: RepoId; readonly source: Source; readonly sourceKey: string },
  ): Fields {
    const mode = file && this.offers.isEnabled ? this.modes.modeOf(source, { repo, ...file }) : 'hide';
    if (mode === 'hide' || !isXetHash(hash)) return rest;
    return { ...rest, xetHash: mode === 'relay' ? relayedId('file', sourceKey, hash) : hash };
  }
}

function fileOf({ path, rfilename, size, lfs }: Fields): FileEntry | undefined {
  const name = path ?? rfilename;
  if (typeof name !== 'string') return undefined;
  const { size: lfsSize, oid, sha256 = oid } = fieldsOf(lfs);
  return { path: name, size: countOf(lfsSize) ?? countOf(size) ?? null, sha256 };
}
