import { findingsOf, type Finding } from './finding.js';

/** Signed links, TLS and rate limits tolerate a few seconds. */
const WARNING_MS = 5_000;
/** S3 rejects requests after 15 minutes; other limits are shorter. */
const PROBLEM_MS = 60_000;

const NTP = 'Synchronize the clocks of both machines (NTP).';

/** A moment of the clock of another machine, and when it was read here. */
export interface ClockReading {
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly theirs: number;
  readonly ours: number;
  /** How exact it is, in milliseconds. */
  readonly tolerance: number;
}

/** Compares the clock of this machine with another one. */
export function clockFinding({ name, theirs, ours, tolerance }: ClockReading): Finding {
  const { ok, warning, problem } = findingsOf('clock');
  const difference = ours - theirs;
  const beyond = Math.max(0, Math.abs(difference) - tolerance);
  const seconds = Math.round(Math.abs(difference) / 1000);
  if (beyond < WARNING_MS) return ok(`The clock agrees with ${name}.`);
  const message = `The clock of this machine is ${seconds} s ${difference > 0 ? 'ahead of' : 'behind'} ${name}.`;
  return beyond < PROBLEM_MS ? warning(message, NTP) : problem(message, NTP);
}

/** Reads a clock that is asked over the network: it is read in the middle of the request. */
export async function readClock(
  name: string,
  resolution: number,
  read: () => Promise<number | undefined>,
): Promise<ClockReading | undefined> {
  const started = Date.now();
  const theirs = await read();
  const ended = Date.now();
  if (theirs === undefined) return undefined;
  return {
    name,
    theirs: theirs + resolution / 2,
    ours: (started + ended) / 2,
    tolerance: (ended - started + resolution) / 2,
  };
}
