import { Readable } from 'node:stream';
import { HubError, type HubErrorFacts } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import type { Outcome, UnreadBody } from '../../domain/upstream.js';
import type { ByteRange } from '../../platform/http/byte-range.js';
import { sourceFailure } from './source-failure.js';

/** The source of a storage, and the repository of a request. */
interface StorageOwner {
  readonly source: Source;
  readonly repo: RepoId;
}

/** @throws HubError if the storage does not send exactly these bytes */
export function expectedBytes(owner: StorageOwner, outcome: Outcome, { start, end }: ByteRange): UnreadBody {
  if (outcome.kind === 'failure' || outcome.status >= 300 || !outcome.stream) throw storageFailure(owner, outcome);
  const { status, headers, stream } = outcome;
  const length = end - start + 1;
  const isRange = status === 206 && (headers['content-range'] ?? '').startsWith(`bytes ${start}-${end}/`);
  if (isRange && headers['content-length'] === String(length)) return stream; // the connection fails if its length differs
  if (isRange && headers['content-length'] === undefined)
    return Readable.from(exactly(stream, length)).once('close', () => stream.destroy());
  stream.destroy();
  throw storageRefused(owner.source, 'sent other bytes than the hub has requested');
}

/** Fails if there are more or fewer bytes. */
async function* exactly(stream: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let left = length;
  for await (const chunk of stream) {
    left -= chunk.length;
    if (left < 0) throw new Error('the storage sent more bytes than were requested');
    yield chunk;
  }
  if (left > 0) throw new Error(`the storage sent ${left} bytes too few`);
}

/** The error for a reply of a storage. Its message is not passed on, since it could repeat the token. */
export function storageFailure({ source, repo }: StorageOwner, outcome: Outcome): HubError {
  if (outcome.kind === 'failure' && outcome.category === 'refused')
    return storageRefused(source, `cannot be used. ${outcome.message}`);
  if (outcome.kind === 'failure') return sourceFailure(source, repo, outcome, storageName);
  const { kind, status, headers } = outcome;
  if (status === 408 || status === 429 || status >= 500)
    return sourceFailure(source, repo, { kind, status, headers }, storageName);
  return storageRefused(source, `responded with HTTP ${status}`);
}

/** Clients repeat requests after 5xx, for minutes and without a message, so an error that will not end by itself has this status. */
const PERMANENT = 424;

/** @param problem - completes a sentence about the storage, without a period at the end */
export const storageRefused = (source: Source, problem: string): HubError =>
  new HubError('UpstreamFailed', `${storageName(source)} ${problem}.`, { ...factsOf(source), status: PERMANENT });

export const storageName = ({ name }: Pick<Source, 'name'>): string => `The Xet storage of the source ${name}`;

export const factsOf = ({ name, url }: Source): HubErrorFacts => ({ source: { name, url } });
