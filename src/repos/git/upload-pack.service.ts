import { Injectable, Logger } from '@nestjs/common';
import { FLUSH, inSideBand, pktLine } from './pkt-line.js';
import type { UploadPackRequest } from './upload-pack-request.js';
import type { LocalRepo } from '../store/local-repo.js';
import { RefStore } from '../store/ref.store.js';
import { ClonePlanService, type ClonePlan } from './clone-plan.service.js';
import { PackService } from './pack.service.js';

const HEAD_BRANCH = 'refs/heads/main';
const ABILITIES = [
  ...['multi_ack_detailed', 'side-band-64k', 'shallow', 'no-progress', 'allow-reachable-sha1-in-want'],
  'object-format=sha1',
];
const NO_OID = '0'.repeat(40);

/** Git's smart protocol over HTTP, the reading half (gitprotocol-http; version 0, which every client speaks). */
@Injectable()
export class UploadPackService {
  private readonly logger = new Logger('Git');

  constructor(
    private readonly refs: RefStore,
    private readonly plans: ClonePlanService,
    private readonly packs: PackService,
  ) {}

  /** What there is to fetch: every ref, and what the hub can do. */
  async advertisement({ id }: LocalRepo): Promise<Buffer> {
    const refs = await this.refs.all(id);
    const head = refs.find(({ name }) => name === HEAD_BRANCH);
    const lines = [...(head ? [{ name: 'HEAD', commitOid: head.commitOid }] : []), ...refs];
    const abilities = [...ABILITIES, ...(head ? [`symref=HEAD:${HEAD_BRANCH}`] : []), 'agent=hubfall'].join(' ');
    const [first = { name: 'capabilities^{}', commitOid: NO_OID }, ...others] = lines;
    return Buffer.concat([
      pktLine('# service=git-upload-pack\n'),
      FLUSH,
      pktLine(`${first.commitOid} ${first.name}\0${abilities}\n`),
      ...others.map(({ name, commitOid }) => pktLine(`${commitOid} ${name}\n`)),
      FLUSH,
    ]);
  }

  /**
   * What the client asked: where its history will end, which of its commits are known here, and the pack.
   * @throws HubError `BadRequest` for a commit that the repository does not have, `RevisionNotFound` for one that goes away just now
   */
  async answer(repository: LocalRepo, request: UploadPackRequest): Promise<AsyncIterable<Uint8Array>> {
    const plan = await this.plans.plan(repository, request);
    const words = [...shallowLines(request, plan), ...(request.negotiates ? acknowledgements(request, plan) : [])];
    if (!request.done) return once(words);
    const pack = await this.packs.pack(repository.id, plan);
    return both(
      words,
      request.capabilities.has('side-band-64k') ? inSideBand(pack, (error) => this.failed(error)) : pack,
    );
  }

  private failed(err: unknown): string {
    this.logger.error({ err }, 'A pack broke off');
    return 'The hub cannot give all of this repository at the moment';
  }
}

function shallowLines({ depth }: UploadPackRequest, { shallow, unshallow }: ClonePlan): readonly Buffer[] {
  if (depth === undefined) return [];
  const lines = [...shallow.map((oid) => `shallow ${oid}`), ...unshallow.map((oid) => `unshallow ${oid}`)];
  return [...lines.map((line) => pktLine(line)), FLUSH];
}

/** A client that does not speak of details learns what is common with the pack, and no sooner. */
function acknowledgements(
  { done, capabilities }: UploadPackRequest,
  { common, isGrounded }: ClonePlan,
): readonly Buffer[] {
  const last = common.at(-1);
  const detailed = capabilities.has('multi_ack_detailed');
  return [
    ...(detailed ? common.map((oid) => pktLine(`ACK ${oid} common\n`)) : []),
    ...(detailed && !done && isGrounded ? [pktLine(`ACK ${last} ready\n`)] : []),
    pktLine(done && last !== undefined ? `ACK ${last}\n` : 'NAK\n'),
  ];
}

async function* once(words: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* words;
}

async function* both(words: readonly Buffer[], pack: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* words;
  yield* pack;
}
