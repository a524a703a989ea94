import { HubError } from '../../domain/hub-error.js';
import { NO_FILTER, parseObjectFilter, type ObjectFilter } from './object-filter.js';
import { readPktLines } from './pkt-line.js';

/** The body of a `git-upload-pack` request (gitprotocol-pack, version 0, stateless). */
export interface UploadPackRequest {
  /** Requested objects. Empty if the client only checks its access before it sends a long body. */
  readonly wants: readonly string[];
  /** Commits of a shallow clone whose parents the client does not have. */
  readonly shallow: readonly string[];
  /**
   * Number of commits to send of each history; `undefined` for all. With the capability `deepen-relative`, the number of commits below
   * those in `shallow`.
   */
  readonly depth: number | undefined;
  /** Send only commits since this date. */
  readonly since: Date | undefined;
  /** Do not send commits of these branches and tags. */
  readonly excludedRefs: readonly string[];
  /** Commits that the client has, with their ancestors down to `shallow`. */
  readonly haves: readonly string[];
  /** The objects that a partial clone leaves out. */
  readonly filter: ObjectFilter;
  /** False if the client only requests the boundary of a shallow history: no lines follow the wants. */
  readonly negotiates: boolean;
  /** True if the pack is requested; false while the client is still sending commits that it has. */
  readonly done: boolean;
  readonly capabilities: ReadonlySet<string>;
}

/** Whether the request is for a shallow history. The response then begins with the commits at which it ends. */
export const limitsHistory = ({ depth, since, excludedRefs }: UploadPackRequest): boolean =>
  depth !== undefined || since !== undefined || excludedRefs.length > 0;

const OID = /^[0-9a-f]{40}$/;
/** Seconds since 1970 that a JavaScript date can represent. */
const MAX_SECONDS = 8_640_000_000_000;
const MAX_EXCLUDED_REFS = 100;

/** The lines of a request that have been read so far. */
interface RequestLines {
  readonly want: string[];
  readonly shallow: string[];
  readonly have: string[];
  readonly excludedRefs: string[];
  capabilities: ReadonlySet<string>;
  depth?: number;
  since?: Date;
  filter: ObjectFilter;
}

/** Readers of lines by their first word. They return false for an invalid value. */
const READERS: ReadonlyMap<string, (value: string, lines: RequestLines) => boolean> = new Map([
  ['want', (value, { want }) => addOid(value, want)],
  ['shallow', (value, { shallow }) => addOid(value, shallow)],
  ['have', (value, { have }) => addOid(value, have)],
  [
    'deepen',
    (value, lines) => {
      if (Number(value) > 0) lines.depth = Number(value);
      return /^\d+$/.test(value);
    },
  ],
  [
    'deepen-since',
    (value, lines) => {
      lines.since = new Date(Math.min(Number(value), MAX_SECONDS) * 1000);
      return /^\d+$/.test(value);
    },
  ],
  ['deepen-not', (value, { excludedRefs }) => value !== '' && excludedRefs.push(value) <= MAX_EXCLUDED_REFS],
  [
    'filter',
    (value, lines) => {
      lines.filter = parseObjectFilter(value);
      return true;
    },
  ],
]);

const addOid = (value: string, oids: string[]): boolean => OID.test(value) && oids.push(value) > 0;

/** @throws HubError `BadRequest` for an invalid body, or one that needs a capability that was not advertised */
export function readUploadPackRequest(body: Buffer): UploadPackRequest {
  const lines: RequestLines = {
    want: [],
    shallow: [],
    have: [],
    excludedRefs: [],
    capabilities: new Set(),
    filter: NO_FILTER,
  };
  let flushed = false;
  let negotiates = false;
  let done = false;
  for (const line of readPktLines(body)) {
    negotiates ||= flushed;
    if (line === undefined) flushed = true;
    else if (line === 'done') done = true;
    else readLine(line, lines);
  }
  const { want: wants, have: haves, shallow, depth, since, excludedRefs, filter, capabilities } = lines;
  if (!flushed || (wants.length === 0 && negotiates))
    throw new HubError('BadRequest', 'The request does not name a wanted object.');
  return { wants, shallow, depth, since, excludedRefs, haves, filter, negotiates, done, capabilities };
}

function readLine(line: string, lines: RequestLines): void {
  const [command = '', value = '', ...more] = line.split(' ');
  if (command === 'want' && lines.want.length === 0) lines.capabilities = readCapabilities(more);
  if (READERS.get(command)?.(value, lines)) return;
  throw new HubError('BadRequest', `This hub does not support the line "${line.slice(0, 60)}".`);
}

function readCapabilities(names: readonly string[]): ReadonlySet<string> {
  const format = names.find((name) => name.startsWith('object-format='));
  if (format !== undefined && format !== 'object-format=sha1')
    throw new HubError('BadRequest', 'This hub supports only SHA-1 objects.');
  return new Set(names);
}
