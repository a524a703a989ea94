import { HuggingFaceStrategy } from './huggingface/huggingface.strategy.js';
import { KohakuHubStrategy } from './kohakuhub/kohakuhub.strategy.js';
import type { SourceStrategy } from './source-strategy.js';

/**
 * Every kind of source. To add one, create a folder next to these two and add a line here. Settings, API, forms and checks use this list.
 */
export const STRATEGIES = [
  new HuggingFaceStrategy(),
  new KohakuHubStrategy(),
] as const satisfies readonly SourceStrategy[];

/** A kind of source. */
export type SourceType = (typeof STRATEGIES)[number]['type'];
export const SOURCE_TYPES: readonly SourceType[] = STRATEGIES.map(({ type }) => type);

/** @throws RangeError for a type without a strategy; settings are validated before */
export function strategyFor(type: string): SourceStrategy {
  const strategy: SourceStrategy | undefined = STRATEGIES.find((known) => known.type === type);
  if (!strategy) throw new RangeError(`There is no strategy for sources of type "${type}".`);
  return strategy;
}
