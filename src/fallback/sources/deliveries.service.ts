import { Injectable } from '@nestjs/common';
import { DeliveryRules, type DeliverableFile, type DeliveryDecision } from '../../domain/delivery.js';
import { describeRule } from '../../domain/describe-rule.js';
import { HubError } from '../../domain/hub-error.js';
import type { RepoId } from '../../domain/repo-id.js';
import type { Source } from '../../domain/source.js';

/** Decides how files of sources are delivered. Everything that delivers files asks here. */
@Injectable()
export class Deliveries {
  private readonly compiled = new WeakMap<Source, DeliveryRules>();

  /**
   * How a file is delivered; `undefined` if that depends on its size, which is not known.
   * @throws HubError `BadRequest` if the patterns take too long to match the path
   */
  decide(source: Source, file: DeliverableFile): DeliveryDecision | undefined {
    return this.rulesOf(source).decide(file);
  }

  /**
   * As `decide`, for a file of known size.
   *
   * @returns the source with the delivery of this file as its own
   * @throws HubError `Forbidden` if the file must not be downloaded
   */
  settle(source: Source, file: DeliverableFile): Source {
    const { delivery, rule } = this.decide(source, { ...file, size: file.size ?? null })!;
    if (delivery === 'deny') throw denied(source, rule, 'this file');
    return withDelivery(source, delivery);
  }

  /**
   * The delivery of a repository whose files cannot be decided one by one, such as with git.
   *
   * @returns all that occur
   * @throws HubError `Forbidden` if some files must not be downloaded
   */
  settleAll(source: Source, repo: RepoId): readonly Source['delivery'][] {
    const possible = this.rulesOf(source).possible(repo);
    const refusal = possible.find(({ delivery }) => delivery === 'deny');
    if (refusal) throw denied(source, refusal.rule, 'files of this repository');
    return possible.map(({ delivery }) => delivery);
  }

  /** All ways in which files of a repository may be delivered. */
  ways(source: Source, repo: RepoId): readonly Source['delivery'][] {
    return this.rulesOf(source)
      .possible(repo)
      .map(({ delivery }) => delivery);
  }

  private rulesOf(source: Source): DeliveryRules {
    const known = this.compiled.get(source);
    if (known) return known;
    const rules = new DeliveryRules(source);
    this.compiled.set(source, rules);
    return rules;
  }
}

/** The source, with one delivery for all of its files. */
export const withDelivery = (source: Source, delivery: Source['delivery']): Source => ({
  ...source,
  delivery,
  rules: [],
});

function denied(source: Source, rule: number | undefined, what: string): HubError {
  const { name, url } = source;
  const reason =
    rule === undefined
      ? `The settings of the source "${name}" do not allow downloads of ${what}.`
      : `Rule ${rule} of the source "${name}" (${describeRule(source.rules[rule - 1]!)}) does not allow downloads of ${what}.`;
  const message = `${reason} Ask an administrator of this hub to change it.`;
  return new HubError('Forbidden', message, { source: { name, url } });
}
