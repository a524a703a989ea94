import { Inject, Injectable } from '@nestjs/common';
import type { Attempt } from '../domain/attempt.js';
import { isCached, isRedirected, type DeliveryDecision } from '../domain/delivery.js';
import { describeRule } from '../domain/describe-rule.js';
import { HubError } from '../domain/hub-error.js';
import type { Operation } from '../domain/operation.js';
import { fieldsOf } from '../domain/read-fields.js';
import type { Source } from '../domain/source.js';
import { xetModeOf, type XetMode } from '../domain/xet-mode.js';
import type { ChainDryRunResult } from '../fallback/resolver/fallback-request.js';
import { Deliveries } from '../fallback/sources/deliveries.service.js';
import { HUB_CONFIG, type HubConfig } from '../platform/config/hub-config.js';
import { toErrorResponse } from '../platform/http/hub-error.filter.js';
import { DIRECT_TRANSFER, type DirectTransfer } from '../platform/storage/direct-transfer.js';
import { cacheKeyOf } from '../repos/content-cache/cache-key.js';
import { HeldContentStore } from '../repos/content-cache/held-content.store.js';
import { HeldFileStore } from '../repos/content-cache/held-files.store.js';
import type { DryRunDeliveryDto } from './dto/dry-run.dto.js';
import { reportedFiles, type ReportedFile } from './reported-files.js';

/** Reports how the files in the reply of a source would be delivered. */
@Injectable()
export class DryRunDelivery {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly held: HeldContentStore,
    private readonly names: HeldFileStore,
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    @Inject(DIRECT_TRANSFER) private readonly transfer: DirectTransfer | undefined,
  ) {}

  /** The ways in which the files would be delivered, with the rules that decide, in the order of the first file of each. */
  async report({ source, outcome }: Attempt, operation: Operation): Promise<DryRunDeliveryDto[]> {
    if (outcome.kind !== 'reply') return [];
    const files = reportedFiles(operation, outcome);
    const isHeld = await this.heldFiles(source, operation, files, textOfCommit(outcome.json));
    const groups = new Map<string, Group>();
    for (const file of files) {
      const hasSize = file.size !== null || operation.kind === 'resolve';
      const target = { repo: operation.repo, path: file.path.split('/'), ...(hasSize && { size: file.size }) };
      const decision = this.deliveries.decide(source, target);
      const xet = this.config.xet.reads ? xetModeFor(source, file, decision) : 'hide';
      const key = `${decision?.delivery} ${decision?.rule} ${xet}`;
      const group = groups.get(key) ?? { files: 0, held: 0, decision, xet };
      groups.set(key, group);
      group.files += 1;
      if (isHeld(file)) group.held += 1;
    }
    return [...groups.values()].map(({ decision, ...counts }) => ({ ...describe(source, decision), ...counts }));
  }

  /**
   * The response to the download of a file, which depends on its delivery; `undefined` for other requests and for errors of sources.
   * @param deliveries - the result of `report`
   */
  download(
    { source, outcome }: Attempt,
    operation: Operation,
    [delivery]: readonly DryRunDeliveryDto[],
  ): ChainDryRunResult['final'] | undefined {
    if (operation.kind !== 'resolve' || outcome.kind !== 'reply' || outcome.status >= 400) return undefined;
    const [file] = reportedFiles(operation, outcome);
    if (!file || !delivery) return undefined;
    try {
      const settled = this.deliveries.settle(source, { repo: operation.repo, path: operation.path, size: file.size });
      const isHeld = delivery.held > 0 && isCached(settled.delivery);
      if (isHeld) return { status: this.transfer && isSha256(file.etag) ? 302 : 200 };
      if (!isRedirected(settled.delivery)) return { status: 200 };
      return { status: !source.hasCredentials || outcome.location !== undefined ? 302 : 200 };
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { status: toErrorResponse(error).status, code: error.code, message: error.message };
    }
  }

  private async heldFiles(
    source: Source,
    { repo }: Operation,
    files: readonly ReportedFile[],
    commit: string,
  ): Promise<(file: ReportedFile) => boolean> {
    const etags = files.flatMap(({ etag }) => etag ?? []);
    const heldEtags = new Set(etags.length === 0 ? [] : await this.held.complete(cacheKeyOf(source), etags));
    const heldPaths = new Set(commit === '' ? [] : await this.names.paths(repo, commit));
    return ({ etag, path }) => (etag === undefined ? heldPaths.has(path) : heldEtags.has(etag));
  }
}

/** Files that are delivered in the same way. */
interface Group {
  files: number;
  held: number;
  readonly decision: DeliveryDecision | undefined;
  readonly xet: XetMode | null;
}

/** How a file that is not cached is offered over Xet; null if that depends on facts that the reply does not have. */
function xetModeFor(source: Source, { size, hasXet }: ReportedFile, decision?: DeliveryDecision): XetMode | null {
  if (hasXet === false) return 'hide';
  const settings = { ...source, delivery: decision?.delivery ?? 'redirect' };
  if (xetModeOf(settings, Number.MAX_SAFE_INTEGER) === 'hide') return 'hide'; // the largest files are offered if any are
  return decision && hasXet && size !== null ? xetModeOf(settings, size) : null;
}

/** Other files have a git id, and are sent by this hub. */
const isSha256 = (etag = ''): boolean => /^[0-9a-f]{64}$/.test(etag);

const textOfCommit = (json: unknown): string => {
  const { sha } = fieldsOf(json);
  return typeof sha === 'string' ? sha : '';
};

function describe(
  source: Source,
  decision: DeliveryDecision | undefined,
): Pick<DryRunDeliveryDto, 'delivery' | 'rule' | 'description'> {
  const rule = decision?.rule === undefined ? undefined : source.rules[decision.rule - 1];
  return {
    delivery: decision?.delivery ?? null,
    rule: decision?.rule ?? null,
    description: rule ? describeRule(rule) : null,
  };
}
