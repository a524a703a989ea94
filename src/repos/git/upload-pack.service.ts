import { Injectable, Logger } from '@nestjs/common';
import { FLUSH, inSideBand, pktLine } from './pkt-line.js';
import { HubError, type HubErrorCode } from '../../domain/hub-error.js';
import { limitsHistory, readUploadPackRequest, type UploadPackRequest } from './upload-pack-request.js';
import type { CommitEntity } from '../store/commit.entity.js';
import type { OpenRepo } from '../store/local-repo.js';
import type { RefEntity } from '../store/ref.entity.js';
import { RefStore } from '../store/ref.store.js';
import { ClonePlanService, type ClonePlan } from './clone-plan.service.js';
import { packKey } from './pack-key.js';
import { PackService } from './pack.service.js';
import { SharedPacks } from './shared-packs.service.js';

const HEAD_BRANCH = 'refs/heads/main';
const CAPABILITIES = [
  'multi_ack_detailed',
  'side-band-64k',
  'shallow',
  'deepen-since',
  'deepen-not',
  'deepen-relative',
  'no-progress',
  'include-tag',
  'filter',
  'allow-tip-sha1-in-want',
  'allow-reachable-sha1-in-want',
  'object-format=sha1',
];
/** Errors of the request, which are the same if it is repeated. */
const REQUEST_ERRORS: readonly HubErrorCode[] = ['BadRequest', 'RevisionNotFound'];
const NO_OID = '0'.repeat(40);

/** The response to a `git-upload-pack` request. */
export interface UploadPackReply {
  readonly stream: AsyncIterable<Uint8Array>;
  /** The pack, if one is sent: its newest commit; `undefined` for a pack of single files. */
  readonly pack?: { readonly commit: string | undefined };
}

/** The fetch half of the smart HTTP protocol of git (gitprotocol-http; version 0, which every client supports). */
@Injectable()
export class UploadPackService {
  private readonly logger = new Logger('Git');

  constructor(
    private readonly refs: RefStore,
    private readonly plans: ClonePlanService,
    private readonly packs: PackService,
    private readonly shared: SharedPacks,
  ) {}

  /** All refs of a repository, and the capabilities of the hub. */
  async advertiseRefs({ id }: OpenRepo): Promise<Buffer> {
    const refs = await this.refs.all(id);
    const head = refs.find(({ name }) => name === HEAD_BRANCH);
    const lines = [...(head ? [{ name: 'HEAD', oid: head.commitOid }] : []), ...refs.flatMap(advertisedLines)];
    const capabilities = [...CAPABILITIES, ...(head ? [`symref=HEAD:${HEAD_BRANCH}`] : []), 'agent=hubfall'].join(' ');
    const [first = { name: 'capabilities^{}', oid: NO_OID }, ...others] = lines;
    return Buffer.concat([
      pktLine('# service=git-upload-pack\n'),
      FLUSH,
      pktLine(`${first.oid} ${first.name}\0${capabilities}\n`),
      ...others.map(({ name, oid }) => pktLine(`${oid} ${name}\n`)),
      FLUSH,
    ]);
  }

  /**
   * The response to a `git-upload-pack` request. A request that cannot be fulfilled gets a response with the reason, which git prints. To git,
   * the body of an HTTP error would be a broken connection.
   *
   * @param body - the decompressed body of the request
   */
  async respond(repository: OpenRepo, body: Buffer): Promise<UploadPackReply> {
    try {
      return await this.packResponse(repository, readUploadPackRequest(body));
    } catch (error) {
      if (!(error instanceof HubError) || !REQUEST_ERRORS.includes(error.code)) throw error;
      return { stream: concat([pktLine(`ERR ${error.message}\n`)]) };
    }
  }

  /** The boundary of a shallow history, the common commits, and the pack. */
  private async packResponse(repository: OpenRepo, request: UploadPackRequest): Promise<UploadPackReply> {
    const plan = await this.plans.plan(repository, request);
    const lines = [...shallowLines(request, plan), ...(request.negotiates ? acknowledgements(request, plan) : [])];
    if (!request.done) return { stream: concat(lines) };
    const { filter } = request;
    const pack = await this.shared.open(packKey(repository.id, plan, filter), () =>
      this.packs.prepare(repository.id, plan, filter),
    );
    const isInSideBand = request.capabilities.has('side-band-64k');
    const stream = concat(lines, isInSideBand ? inSideBand(pack, (error) => this.logFailure(error)) : pack);
    return { stream, pack: { commit: newest(plan.commits)?.oid } };
  }

  /** @returns the message for the client */
  private logFailure(err: unknown): string {
    this.logger.error({ err }, 'Sending a pack failed');
    return 'The hub could not send the whole repository. Try again later.';
  }
}

/** The first of the commits with the longest history. */
const newest = (commits: readonly CommitEntity[]): CommitEntity | undefined =>
  commits.reduce<CommitEntity | undefined>(
    (last, next) => (last && last.generation >= next.generation ? last : next),
    undefined,
  );

/** An annotated tag has two lines: for its tag object, and for the commit. */
function advertisedLines({ name, commitOid, tagOid }: RefEntity): { name: string; oid: string }[] {
  if (!tagOid) return [{ name, oid: commitOid }];
  return [
    { name, oid: tagOid },
    { name: `${name}^{}`, oid: commitOid },
  ];
}

function shallowLines(request: UploadPackRequest, { shallow, unshallow }: ClonePlan): readonly Buffer[] {
  if (!limitsHistory(request)) return [];
  const lines = [...shallow.map((oid) => `shallow ${oid}`), ...unshallow.map((oid) => `unshallow ${oid}`)];
  return [...lines.map((line) => pktLine(line)), FLUSH];
}

/** Without `multi_ack_detailed`, a client gets only one common commit, right before the pack. */
function acknowledgements(
  { done, capabilities }: UploadPackRequest,
  { common, isReady }: ClonePlan,
): readonly Buffer[] {
  const last = common.at(-1);
  const detailed = capabilities.has('multi_ack_detailed');
  return [
    ...(detailed ? common.map((oid) => pktLine(`ACK ${oid} common\n`)) : []),
    ...(detailed && !done && isReady ? [pktLine(`ACK ${last} ready\n`)] : []),
    pktLine(done && last !== undefined ? `ACK ${last}\n` : 'NAK\n'),
  ];
}

async function* concat(lines: readonly Buffer[], pack?: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* lines;
  if (pack) yield* pack;
}
