import { ApiProperty } from '@nestjs/swagger';
import { ATTEMPT_CATEGORIES } from '../../domain/attempt.js';
import type { AttemptCategory, Verdict } from '../../domain/attempt.js';
import { DELIVERIES } from '../../domain/delivery-rule.js';
import type { Delivery } from '../../domain/delivery-rule.js';
import { XET_MODES } from '../../domain/xet-mode.js';
import type { XetMode } from '../../domain/xet-mode.js';
import { SOURCE_TYPES } from '../../fallback/strategies/strategies.js';
import { LOCAL_REPO_STATES } from '../../repos/management/repo-admin.service.js';
import type { LocalRepoState } from '../../repos/management/repo-admin.service.js';

/** The outcome of trying one source. */
export class AttemptDto {
  /** @example "HuggingFace" */
  source: string;

  /** @example "https://huggingface.co" */
  source_url: string;

  @ApiProperty({ enum: SOURCE_TYPES, enumName: 'SourceType' })
  source_type: string;

  /** @example "HEAD" */
  method: string;

  /**
   * Requested path, relative to the source's URL.
   * @example "/openai-community/gpt2/resolve/main/config.json"
   */
  path: string;

  /** Null if there was no response. */
  @ApiProperty({ type: Number, nullable: true, example: 200 })
  status: number | null;

  @ApiProperty({ enum: ATTEMPT_CATEGORIES, example: 'ok' })
  category: AttemptCategory;

  /** Whether the hub would `serve` this response, `propagate` its error (also any failure of a source with `on_error: fail`), or try the `next` source. */
  @ApiProperty({ enum: ['serve', 'propagate', 'next'] })
  verdict: Verdict;

  /** @example 84 */
  ms: number;

  /** Error message of the source, or the reason why there is no response. */
  @ApiProperty({ type: String, nullable: true, example: null })
  message: string | null;
}

/** The response that the caller would get. */
export class FinalReplyDto {
  /** @example 200 */
  status: number;

  @ApiProperty({ type: String, nullable: true, example: null })
  code: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  message: string | null;
}

/** Files that would be delivered in the same way. */
export class DryRunDeliveryDto {
  /** Null if it depends on the sizes of the files, which the source did not report. */
  @ApiProperty({ type: String, enum: Object.keys(DELIVERIES), nullable: true, example: 'cache' })
  delivery: Delivery | null;

  /** Number of the rule that decides, counted from 1; null for the setting of the source. */
  @ApiProperty({ type: 'integer', nullable: true, example: 1 })
  rule: number | null;

  /** Files that the rule matches. */
  @ApiProperty({ type: String, nullable: true, example: '*.safetensors of meta-llama/*' })
  description: string | null;

  /** How the files would be offered over Xet, unless they are cached. Null if it depends on facts that the reply does not have, such as their sizes. */
  @ApiProperty({ type: String, enum: Object.keys(XET_MODES), nullable: true, example: 'hide' })
  xet: XetMode | null;

  /** @example 12 */
  files: number;

  /**
   * Files that are cached completely.
   * @example 3
   */
  held: number;
}

/** The result of a dry run. */
export class DryRunDto {
  /** @example "resolve" */
  op: string;

  /** @example "openai-community/gpt2" */
  repo_id: string;

  /** Local repository with this id (`public` for an account). Unless it is `absent`, real requests never reach a source. */
  @ApiProperty({ enum: LOCAL_REPO_STATES, example: 'absent' })
  local: LocalRepoState;

  /** False if the configuration or a reserved namespace prevents real requests from reaching a source. */
  may_ask: boolean;

  /** The reason that real requests do not reach sources, or only some of them; null if they do. */
  @ApiProperty({ type: String, nullable: true, example: null })
  reason: string | null;

  /** Source that is cached for the repository. Real requests are sent to this source only. */
  @ApiProperty({ type: String, nullable: true, example: null })
  bound_to: string | null;

  @ApiProperty({ type: [AttemptDto] })
  attempts: AttemptDto[];

  /** Source that a real request would cache for the repository; null for none. */
  @ApiProperty({ type: String, nullable: true, example: 'HuggingFace' })
  would_bind: string | null;

  /** How the file, or the files in the reply, would be delivered. At most 5000 files are considered. */
  @ApiProperty({ type: [DryRunDeliveryDto] })
  deliveries: DryRunDeliveryDto[];

  final: FinalReplyDto;

  /** @example 91 */
  ms: number;
}
