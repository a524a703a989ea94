import { globMatcher } from './match-glob.js';
import { StepBudget } from './pattern-matcher.js';
import { repoFullName, type RepoId } from './repo-id.js';
import type { Delivery, DeliveryRule, DeliverySettings } from './delivery-rule.js';

/** A file that is to be delivered. */
export interface DeliverableFile {
  readonly repo: RepoId;
  readonly path: readonly string[];
  /** Bytes; undefined if the size is not known yet, null if the source does not report it. */
  readonly size?: number | null;
}

/** How a file is delivered, and the number of the rule that decided, counted from 1. Undefined if the source's own setting did. */
export interface DeliveryDecision {
  readonly delivery: Delivery;
  readonly rule?: number;
}

/** Far above what patterns and paths need in practice; takes about 10 ms. */
const MAX_STEPS = 2_000_000;

/** Applies the rules of a source: the first one that matches decides, otherwise the setting of the source. */
export class DeliveryRules {
  private readonly rules: readonly CompiledRule[];

  constructor(private readonly settings: DeliverySettings) {
    this.rules = settings.rules.map(compile);
  }

  /**
   * How a file is delivered; `undefined` if that depends on its size, which is not known.
   * @throws HubError `BadRequest` if the patterns take too long to match the path
   */
  decide({ repo, path, size }: DeliverableFile): DeliveryDecision | undefined {
    const budget = new StepBudget(MAX_STEPS);
    for (const [index, rule] of this.rules.entries()) {
      if (!rule.matchesRepo(repo, budget) || !rule.matchesFile(path, budget)) continue;
      if (rule.hasSize && size === undefined) return undefined;
      if (rule.matchesSize(size)) return { delivery: rule.delivery, rule: index + 1 };
    }
    return { delivery: this.settings.delivery };
  }

  /** All ways in which some file of a repository may be delivered. */
  possible(repo: RepoId): readonly DeliveryDecision[] {
    const budget = new StepBudget(MAX_STEPS);
    const found: DeliveryDecision[] = [];
    for (const [index, rule] of this.rules.entries()) {
      if (!rule.matchesRepo(repo, budget)) continue;
      found.push({ delivery: rule.delivery, rule: index + 1 });
      if (rule.hasAllFiles) return found;
    }
    return [...found, { delivery: this.settings.delivery }];
  }
}

/** Whether clients are redirected to the source, if that is safe for them. */
export const isRedirected = (delivery: Delivery): boolean => delivery === 'redirect' || delivery === 'cache-async';

/** Whether files are stored on this hub. */
export const isCached = (delivery: Delivery): boolean => delivery === 'cache' || delivery === 'cache-async';

interface CompiledRule {
  readonly delivery: Delivery;
  readonly hasSize: boolean;
  readonly hasAllFiles: boolean;
  matchesRepo(repo: RepoId, budget: StepBudget): boolean;
  matchesFile(path: readonly string[], budget: StepBudget): boolean;
  matchesSize(size: number | null | undefined): boolean;
}

/** Matches every path. */
const ALL = '**';

function compile({ repos = ALL, files = ALL, min_size, max_size, types, delivery }: DeliveryRule): CompiledRule {
  const colon = repos.indexOf(':');
  const type = colon < 0 ? undefined : repos.slice(0, colon);
  const matchesName = globMatcher(repos.slice(colon + 1));
  const matchesPath = globMatcher(files);
  const isName = !files.includes('/');
  const hasSize = min_size !== undefined || max_size !== undefined;
  return {
    delivery,
    hasSize,
    hasAllFiles: !hasSize && /^\*+$/.test(files),
    matchesRepo: (repo, budget) =>
      (type === undefined || type === repo.type) &&
      (types === undefined || types.includes(repo.type)) &&
      matchesName(repoFullName(repo), budget),
    matchesFile: (path, budget) => matchesPath(isName ? path.at(-1)! : path.join('/'), budget),
    matchesSize: (size) =>
      !hasSize || (typeof size === 'number' && size >= (min_size ?? 0) && size <= (max_size ?? Infinity)),
  };
}
