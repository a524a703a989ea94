import { HubError } from '../../domain/hub-error.js';
import { readPktLines } from './pkt-line.js';

/** The body of a `git-upload-pack` request (gitprotocol-pack, version 0, stateless). */
export interface UploadPackRequest {
  /** Requested commits. Empty if the client only checks its access before it sends a long body. */
  readonly wants: readonly string[];
  /** Commits of a shallow clone whose parents the client does not have. */
  readonly shallow: readonly string[];
  /** Number of commits to send of each history; `undefined` for all. */
  readonly depth: number | undefined;
  /** Commits that the client has, with their ancestors down to `shallow`. */
  readonly haves: readonly string[];
  /** False if the client only requests the boundary of a shallow history: no lines follow the wants. */
  readonly negotiates: boolean;
  /** True if the pack is requested; false while the client is still sending commits that it has. */
  readonly done: boolean;
  readonly capabilities: ReadonlySet<string>;
}

const OID = /^[0-9a-f]{40}$/;

/** @throws HubError `BadRequest` for an invalid body, or one that needs a capability that was not advertised */
export function readUploadPackRequest(body: Buffer): UploadPackRequest {
  const oids: Record<string, string[]> = { want: [], shallow: [], have: [] };
  let capabilities: ReadonlySet<string> = new Set();
  let depth: number | undefined;
  let flushed = false;
  let negotiates = false;
  let done = false;
  for (const line of readPktLines(body)) {
    negotiates ||= flushed;
    if (line === undefined) {
      flushed = true;
      continue;
    }
    const [command = '', value = '', ...more] = line.split(' ');
    if (command === 'want' && oids.want!.length === 0) capabilities = new Set(more);
    if (line === 'done') done = true;
    else if (command === 'deepen' && /^\d+$/.test(value)) depth = Number(value) || undefined;
    else if (Object.hasOwn(oids, command) && OID.test(value)) oids[command]!.push(value);
    else throw new HubError('BadRequest', `This hub does not support the line "${line.slice(0, 60)}"`);
  }
  const { want: wants = [], shallow = [], have: haves = [] } = oids;
  if (!flushed || (wants.length === 0 && negotiates))
    throw new HubError('BadRequest', 'The request does not contain any wanted commit');
  return { wants, shallow, depth, haves, negotiates, done, capabilities };
}
