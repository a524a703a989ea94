import { Readable } from 'node:stream';
import { HubError, type HubErrorFacts } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';
import type { Outcome } from '../../domain/upstream.js';
import type { ByteRange } from '../../platform/http/byte-range.js';
import { sourceFailure } from './source-failure.js';

/** The source of a storage, and the repository of a request. */
interface StorageOwner {
  readonly source: Source;
  readonly repo: RepoId;
}

/** @throws HubError if the storage does not send exactly these bytes */
export function expectedBytes(
  owner: StorageOwner,
  outcome: Outcome,
  { start, end }: ByteRange,
): AsyncIterable<Uint8Array> {
  if (outcome.kind === 'failure' || outcome.status >= 300 || !outcome.stream) throw storageFailure(owner, outcome);
  const { status, headers, stream } = outcome;
  const length = end - start + 1;
  const isRange = status === 206 && (headers['content-range'] ?? '').startsWith(`bytes ${start}-${end}/`);
  if (isRange && headers['content-length'] === String(length)) return stream; // the connection fails if its length differs
  if (isRange && headers['content-length'] === undefined)
    return Readable.from(exactly(stream, length)).once('close', () => stream.destroy());
  stream.destroy();
  throw new HubError(
    'UpstreamFailed',
    `The Xet storage of the source ${owner.source.name} sent other bytes than the hub has requested.`,
    factsOf(owner.source),
  );
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
  if (outcome.kind === 'failure') return sourceFailure(source, repo, outcome);
  const { kind, status, headers } = outcome;
  if (status === 429 || status >= 500) return sourceFailure(source, repo, { kind, status, headers });
  const message = `The Xet storage of the source ${source.name} responded with HTTP ${status}.`;
  return new HubError('UpstreamFailed', message, factsOf(source));
}

export const factsOf = ({ name, url }: Source): HubErrorFacts => ({ source: { name, url } });
