/** The parts of `check`, in the order in which they run. */
export type CheckName =
  'sources' | 'owner' | 'refs' | 'commits' | 'trees' | 'quotas' | 'sums' | 'uploads' | 'contents' | 'cache';

/** Something that is wrong. */
export interface Finding {
  /** Stable name of the kind of problem, for scripts. */
  readonly kind: string;
  /** Whole sentences, with the place. */
  readonly message: string;
  /** A sentence about how to fix it. */
  readonly advice: string;
  /** Such as `model alice/kept`. */
  readonly repository?: string;
  readonly sha256?: string;
  readonly account?: string;
  readonly source?: string;
  /** `available`: `--repair` can fix it. `done`: it has. Unset: a person must decide. */
  readonly repair?: 'available' | 'done';
}

/** A finding of a check. */
export interface Problem extends Finding {
  readonly check: CheckName;
}

/** How many items a check has examined, and what it found. */
export interface CheckResult {
  readonly name: CheckName;
  readonly examined: number;
  readonly problems: number;
  readonly repaired: number;
}

/** The contents that are read and compared with their hash. */
export type HashMode = 'none' | 'sample' | 'all';

/** The JSON report of `check`. Fields may be added; `format` changes if one is removed or has another meaning. */
export interface CheckReport {
  readonly format: 1;
  readonly version: string;
  readonly database: 'embedded' | 'server';
  readonly storage: 'fs' | 's3';
  readonly hashes: HashMode;
  readonly started_at: string;
  readonly finished_at: string;
  /** `ok`: no problems remain. */
  readonly status: 'ok' | 'problems';
  readonly checks: readonly CheckResult[];
  /** At most `MAX_PROBLEMS`, in the order of the checks. */
  readonly problems: readonly Problem[];
  /** Further problems that are counted, but not listed. */
  readonly problems_omitted: number;
  /** Facts that are not problems. */
  readonly notes: readonly string[];
}

/** Problems in the report; further ones are only counted. */
export const MAX_PROBLEMS = 1000;

const REPAIRED = 'It was repaired. Nothing is left to do.';

/** Collects problems in bounded memory. */
export class Findings {
  readonly problems: Problem[] = [];
  readonly notes: string[] = [];
  private readonly counts = new Map<CheckName, { problems: number; repaired: number }>();

  add(check: CheckName, finding: Finding): void {
    const count = this.counts.get(check) ?? { problems: 0, repaired: 0 };
    count.problems += 1;
    if (finding.repair === 'done') count.repaired += 1;
    this.counts.set(check, count);
    const advice = finding.repair === 'done' ? REPAIRED : finding.advice;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ check, ...finding, advice });
  }

  resultOf(name: CheckName, examined: number): CheckResult {
    return { name, examined, ...(this.counts.get(name) ?? { problems: 0, repaired: 0 }) };
  }

  /** Whether a description of this problem would be listed. Searching for its details is not worth it otherwise. */
  get hasSpace(): boolean {
    return this.problems.length < MAX_PROBLEMS;
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, { problems }) => sum + problems, 0);
  }

  get remaining(): number {
    return [...this.counts.values()].reduce((sum, { problems, repaired }) => sum + problems - repaired, 0);
  }
}

const LISTED_IN_SUMMARY = 20;

/** The report for people. */
export function summaryOf({ status, checks, problems, problems_omitted, notes }: CheckReport): string {
  const row = ({ name, examined, problems: found, repaired }: CheckResult): string => {
    const result = found === 0 ? 'ok' : `${found} problem${found === 1 ? '' : 's'}`;
    return `  ${name.padEnd(10)} ${String(examined).padStart(10)}  ${result}${repaired > 0 ? `, ${repaired} repaired` : ''}`;
  };
  const line = ({ message, advice, repair }: Problem): string =>
    `- ${message} ${repair === 'done' ? 'Repaired.' : advice}`;
  const more = Math.max(0, problems.length - LISTED_IN_SUMMARY) + problems_omitted;
  return [
    'Examined:',
    ...checks.map(row),
    ...problems.slice(0, LISTED_IN_SUMMARY).map(line),
    ...(more > 0 ? [`… and ${more} more. The JSON report lists the first ${MAX_PROBLEMS}.`] : []),
    ...notes.map((note) => `Note: ${note}`),
    status === 'ok' ? 'The database and the storage agree.' : 'Problems remain. See the lines above.',
  ].join('\n');
}
