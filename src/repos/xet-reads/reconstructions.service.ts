import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { parseByteRange, type ByteRange } from '../../platform/http/byte-range.js';
import { clientAddress } from '../../platform/http/client-address.js';
import type { HubRequest } from '../../platform/http/hub-request.js';
import { holderOf } from '../store/access-grants.store.js';
import { DownloadCounts } from '../store/download-counts.service.js';
import { isXetHash } from '../xet/format/xet-hash.js';
import { FileLayouts } from './file-layouts.service.js';
import { reconstruct, toV1, toV2, type Reconstruction } from './reconstruction.js';
import type { RelayedXetFile, StoredXetFile, XetClaims, XetFile } from './xet-file.js';
import { XetMetrics } from './xet-metrics.service.js';
import { XetProviders } from './xet-providers.service.js';
import { XetReadTokens } from './xet-read-tokens.service.js';
import { XorbLinks } from './xorb-links.service.js';

/** The responses by the version of the protocol. */
const RESPONSES = { 1: toV1, 2: toV2 };
export type ProtocolVersion = keyof typeof RESPONSES;

/** A request for a file with a token. */
interface TokenUse {
  readonly claims: XetClaims;
  readonly id: string;
  readonly request: HubRequest;
}

/** Describes how clients assemble files. */
@Injectable()
export class ReconstructionsService {
  constructor(
    private readonly tokens: XetReadTokens,
    private readonly providers: XetProviders,
    private readonly links: XorbLinks,
    private readonly downloads: DownloadCounts,
    private readonly metrics: XetMetrics,
    private readonly layouts: FileLayouts,
  ) {}

  /**
   * @throws HubError `Unauthorized`, `NotFound`, and as `XetProvider.find`; `RangeNotSatisfiable` for a range after the end, by which hf_xet notices the
   * end; `BadRequest` if the range has too many parts
   */
  async describe(version: ProtocolVersion, id: string, request: HubRequest): Promise<object> {
    const claims = this.tokens.verify(request.grant);
    if (!isXetHash(id))
      throw new HubError('BadRequest', `Invalid file id "${id.slice(0, 80)}". It must have 64 lower-case hex digits.`);
    const file = await this.providers.of(claims).find(claims, id, request);
    const token = { claims, id, request };
    const found = 'sha256' in file ? await this.stored(file, token) : await this.relayed(file, token);
    this.metrics.described(file.served);
    this.count(file, token);
    return RESPONSES[version](found);
  }

  private relayed(file: RelayedXetFile, { claims, id, request }: TokenUse): Promise<Reconstruction> {
    const range = rangeOf(request.headers.range, file.size);
    const linkOf = this.links.linksFor({ ...claims, id, range }, request.urls);
    return file.reconstruct(range, (part) => linkOf({ id: part }));
  }

  private async stored(file: StoredXetFile, { claims, id, request }: TokenUse): Promise<Reconstruction> {
    const range = rangeOf(request.headers.range, file.size);
    const parts = await this.layouts.parts(file, range);
    return reconstruct(parts, range, this.links.linksFor({ ...claims, id, range }, request.urls));
  }

  /** The client gets the bytes in parts, from other URLs. */
  private count({ size, served }: XetFile, { claims, id, request }: TokenUse): void {
    const range = rangeOf(request.headers.range, size);
    const of =
      claims.from === 'own'
        ? { repositoryId: claims.repository }
        : { repo: claims.repo, source: served.source ?? claims.source };
    const commit = claims.from === 'own' ? undefined : claims.commit;
    const by = { caller: holderOf(request.caller, claims), address: clientAddress(request) };
    const isStart = range.start === 0;
    if (isStart) this.downloads.record(of, by);
    const file = { path: id, commit, delivery: served.kind, isStart, over: 'xet' } as const;
    this.downloads.sent(of, by, file, range.end - range.start + 1);
  }
}

/** @throws HubError `RangeNotSatisfiable` */
function rangeOf(header: string | undefined, size: number): ByteRange {
  const range = parseByteRange(header, size);
  if (range === 'unsatisfiable' || size === 0)
    throw new HubError('RangeNotSatisfiable', `The requested range is outside the file, which has ${size} bytes.`, {
      size,
    });
  return range ?? { start: 0, end: size - 1 };
}
