import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DELIVERIES } from '../../domain/delivery-rule.js';
import type { Delivery, DeliveryRule } from '../../domain/delivery-rule.js';
import { REPO_TYPES } from '../../domain/repo-id.js';
import type { RepoType } from '../../domain/repo-id.js';

/** An exception to the delivery of a source. It applies to files that have all of its properties. */
export class DeliveryRuleDto implements DeliveryRule {
  /** Pattern of repositories, `ns/name` or `type:ns/name`; all if omitted. */
  @ApiPropertyOptional({ maxLength: 200, example: 'meta-llama/*' })
  repos?: string;

  /** Pattern of files: of their names in any folder, or with a slash, of their paths. All if omitted. */
  @ApiPropertyOptional({ maxLength: 200, example: '*.safetensors' })
  files?: string;

  /** Smallest size in bytes. */
  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  min_size?: number;

  /** Largest size in bytes. */
  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  max_size?: number;

  /** Types of repositories; all if omitted. */
  @ApiPropertyOptional({ enum: REPO_TYPES, enumName: 'RepoType', isArray: true })
  types?: RepoType[];

  @ApiProperty({ enum: Object.keys(DELIVERIES), example: 'cache' })
  delivery: Delivery;
}
