import { HubError } from '../../domain/hub-error.js';
import { readPktLines } from './pkt-line.js';

/** What a client of git wants, and has: the body of `git-upload-pack` (gitprotocol-pack, version 0, stateless). */
export interface UploadPackRequest {
  /** Commits that it wants; none where it only tries whether it is let in, before it sends a long body. */
  readonly wants: readonly string[];
  /** Commits whose parents it does not have: it was cloned shallow. */
  readonly shallow: readonly string[];
  /** How many commits of each history it wants; undefined for all. */
  readonly depth: number | undefined;
  /** Commits that it has, with all behind them but for what is behind `shallow`. */
  readonly haves: readonly string[];
  /** Does anything follow what it wants? Else it only asks where a shallow history would end. */
  readonly negotiates: boolean;
  /** The pack, please: else it says what it has until enough is known. */
  readonly done: boolean;
  readonly capabilities: ReadonlySet<string>;
}

const OID = /^[0-9a-f]{40}$/;

/** @throws HubError `BadRequest` for what is no such body, or needs what this hub does not say that it can */
export function readUploadPackRequest(body: Buffer): UploadPackRequest {
  const named: Record<string, string[]> = { want: [], shallow: [], have: [] };
  let capabilities: ReadonlySet<string> = new Set();
  let depth: number | undefined;
  let [flushed, negotiates, done] = [false, false, false];
  for (const line of readPktLines(body)) {
    negotiates ||= flushed;
    if (line === undefined) {
      flushed = true;
      continue;
    }
    const [word = '', value = '', ...more] = line.split(' ');
    if (word === 'want' && named.want!.length === 0) capabilities = new Set(more);
    if (line === 'done') done = true;
    else if (word === 'deepen' && /^\d+$/.test(value)) depth = Number(value) || undefined;
    else if (Object.hasOwn(named, word) && OID.test(value)) named[word]!.push(value);
    else throw new HubError('BadRequest', `"${line.slice(0, 60)}" is not among what this hub said it understands`);
  }
  const { want: wants = [], shallow = [], have: haves = [] } = named;
  if (!flushed || (wants.length === 0 && negotiates))
    throw new HubError('BadRequest', 'The body names no commit that is wanted');
  return { wants, shallow, depth, haves, negotiates, done, capabilities };
}
