import type { SourceType } from '../../domain/source.js';
import { HuggingFaceStrategy } from './huggingface/huggingface.strategy.js';
import { KohakuHubStrategy } from './kohakuhub/kohakuhub.strategy.js';
import type { SourceStrategy } from './source-strategy.js';

/** Every dialect we speak: a further kind of source is one folder and one line here. */
export const STRATEGIES = {
  huggingface: new HuggingFaceStrategy(),
  kohakuhub: new KohakuHubStrategy(),
} as const satisfies Record<SourceType, SourceStrategy>;

/** The strategy of a kind of source. */
export const strategyFor = (type: SourceType): SourceStrategy => STRATEGIES[type];
