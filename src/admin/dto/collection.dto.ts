import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { COLLECTION_STATES, COLLECTION_STEPS, COLLECTION_TRIGGERS } from '../../repos/gc/collection.entity.js';
import type { Collection } from '../../repos/gc/collection.store.js';
import type { CollectionState, CollectionStep, CollectionTrigger } from '../../repos/gc/collection.entity.js';

/** The id of a collection in the path. */
export class CollectionParamsDto {
  @ApiProperty({ type: 'integer', minimum: 1 })
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  id: number;
}

/** A garbage collection: its progress, and its result once it has finished. */
export class CollectionDto {
  /** @example 42 */
  id: number;

  /** `interrupted`: the replica that ran it was stopped. The next collection continues. */
  @ApiProperty({ enum: COLLECTION_STATES, enumName: 'CollectionState' })
  state: CollectionState;

  @ApiProperty({ enum: COLLECTION_TRIGGERS })
  trigger: CollectionTrigger;

  /** Current or last step: deletes unfinished `uploads`, unreachable `history`, lists the `store`, and deletes unreferenced `contents`. */
  @ApiProperty({ enum: COLLECTION_STEPS })
  step: CollectionStep;

  /**
   * Number of objects that were examined.
   * @example 120000
   */
  examined: number;

  /**
   * Number of objects to examine. 0 until the last step.
   * @example 500000
   */
  total: number;

  /**
   * Number of deleted objects.
   * @example 12
   */
  deleted: number;

  /**
   * Bytes freed.
   * @example 73400320
   */
  freed_bytes: number;

  /**
   * Number of unreferenced objects that were kept, because they were used in the last day.
   * @example 3
   */
  unreferenced: number;

  /** The reason of a failure. */
  @ApiProperty({ type: String, nullable: true, example: null })
  error: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  started_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finished_at: string | null;
}

/** Garbage collections, newest first. */
export class CollectionListDto {
  @ApiProperty({ type: [CollectionDto] })
  collections: CollectionDto[];
}

export const toCollectionDto = (collection: Collection): CollectionDto => ({
  id: collection.id,
  state: collection.state,
  trigger: collection.trigger,
  step: collection.step,
  examined: collection.examined,
  total: collection.total,
  deleted: collection.deleted,
  freed_bytes: collection.freedBytes,
  unreferenced: collection.unreferenced,
  error: collection.error,
  started_at: collection.startedAt.toISOString(),
  finished_at: collection.finishedAt?.toISOString() ?? null,
});
