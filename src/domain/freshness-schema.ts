import type { FieldSchema } from './field-schema.js';
import { booleanRule, integerRule } from './source-rules.js';

/** The fields of a source that decide when stored replies are used instead of the source. */
export const FRESHNESS_SCHEMA = {
  fresh_seconds: {
    property: 'freshSeconds',
    kind: 'integer',
    nullable: true,
    label: 'Fresh for',
    hint: 'Seconds for which replies about branches, lists and accounts are served without asking the source. Leave empty for KOHAKU_HUB_FALLBACK_FRESH_SECONDS if files are cached, or for no such cache.',
    section: 'advanced',
    description:
      'Seconds for which replies of the source about branches, lists and accounts are served from this hub. Then they are requested again. Null: `KOHAKU_HUB_FALLBACK_FRESH_SECONDS` if files of the source are cached on this hub; otherwise such replies are not kept.',
    example: 60,
    default: null,
    minimum: 0,
    maximum: 2_592_000,
    rule: integerRule,
  },
  offline: {
    property: 'offline',
    kind: 'boolean',
    label: 'Offline',
    hint: 'No requests are sent to this source. What this hub has of it is still served.',
    section: 'advanced',
    description:
      'If true, no requests are sent to this source. Files and replies of it that are stored on this hub are still served. Defaults to false.',
    example: false,
    default: false,
    rule: booleanRule,
  },
} as const satisfies Readonly<Record<string, FieldSchema>>;
