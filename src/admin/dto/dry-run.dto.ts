import { ApiProperty } from '@nestjs/swagger';
import { ATTEMPT_CATEGORIES } from '../../domain/attempt.js';
import type { AttemptCategory, Verdict } from '../../domain/attempt.js';
import { SOURCE_TYPES } from '../../fallback/strategies/strategies.js';
import { LOCAL_REPO_STATES } from '../../repos/management/repo-admin.service.js';
import type { LocalRepoState } from '../../repos/management/repo-admin.service.js';

/** One source's outcome in the chain. */
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
   * As asked, under the source's URL.
   * @example "/openai-community/gpt2/resolve/main/config.json"
   */
  path: string;

  /** Null when no answer came. */
  @ApiProperty({ type: Number, nullable: true, example: 200 })
  status: number | null;

  @ApiProperty({ enum: ATTEMPT_CATEGORIES, example: 'ok' })
  category: AttemptCategory;

  /** `serve` its answer, `propagate` its error, or ask the `next` source. */
  @ApiProperty({ enum: ['serve', 'propagate', 'next'] })
  verdict: Verdict;

  /** @example 84 */
  ms: number;

  /** The source's own words, or why none came. */
  @ApiProperty({ type: String, nullable: true, example: null })
  message: string | null;
}

/** What the caller would get. */
export class FinalAnswerDto {
  /** @example 200 */
  status: number;

  @ApiProperty({ type: String, nullable: true, example: null })
  code: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  message: string | null;
}

/** A dry run of the chain. */
export class DryRunDto {
  /** @example "resolve" */
  op: string;

  /** @example "openai-community/gpt2" */
  repo_id: string;

  /** What this hub has itself under the id (an account: `public`): unless that is `absent`, no source is asked in earnest. */
  @ApiProperty({ enum: LOCAL_REPO_STATES, example: 'absent' })
  local: LocalRepoState;

  /** False where the configuration, or a reserved namespace, keeps such a question in the hub. */
  may_ask: boolean;

  /** The source that the repository is bound to now, which alone would be asked in earnest; null for none. */
  @ApiProperty({ type: String, nullable: true, example: null })
  bound_to: string | null;

  @ApiProperty({ type: [AttemptDto] })
  attempts: AttemptDto[];

  /** The source that the repository would be bound to; null for none. */
  @ApiProperty({ type: String, nullable: true, example: 'HuggingFace' })
  would_bind: string | null;

  final: FinalAnswerDto;

  /** @example 91 */
  ms: number;
}
