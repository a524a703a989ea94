import { DeliveryRules } from '../../domain/delivery.js';
import type { RepoId } from '../../domain/repo-id.js';

/** Cached files that are never removed to free space. */
export interface Pin {
  /** 1 to 64 letters, digits and `._-`. */
  readonly id: string;
  /** A repository such as `org/model` or `dataset:org/data`, or a pattern. */
  readonly repos: string;
  /** A commit, or the revision under which files were read; null for all. */
  readonly revision: string | null;
  /** A pattern of files; null for all. */
  readonly files: string | null;
}

/** A name of a cached file. */
export interface FileName {
  readonly repo: RepoId;
  readonly commit: string;
  /** The revision of the request. */
  readonly revision: string;
  readonly path: readonly string[];
}

/** Returns whether any of the pins is for a file. */
export function pinMatcher(pins: readonly Pin[]): (file: FileName) => boolean {
  const matchers = pins.map(({ repos, revision, files }) => {
    // patterns have the same meaning as in rules for downloads
    const rule = { repos, ...(files !== null && { files }), delivery: 'cache' } as const;
    const rules = new DeliveryRules({ delivery: 'redirect', rules: [rule] });
    return ({ repo, commit, revision: read, path }: FileName): boolean =>
      (revision === null || revision === commit || revision === read) && rules.decide({ repo, path })?.rule === 1;
  });
  return (file) => matchers.some((matches) => matches(file));
}
