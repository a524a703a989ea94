import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { REQUEST_STATUSES, type RequestStatus } from '../../store/content-gate.js';

const MAX_REASON_LENGTH = 200;
const MAX_REQUESTS = 100;

/** An optional text of one or more lines. */
const IsReason = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    IsString(),
    MaxLength(MAX_REASON_LENGTH),
    Matches(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u, { message: '$property must not contain control characters' }),
  );

/** Names an account by its name or its id. One of them is required. */
export class RequestOfDto {
  /** Name of the user */
  @IsOptional()
  @IsString()
  @MaxLength(96)
  user?: string | null;

  /** Id of the user, as in `_id` */
  @IsOptional()
  @Matches(/^[0-9a-f]{24}$/)
  userId?: string | null;
}

/** The access that a request gets. */
export class DecisionDto extends RequestOfDto {
  /** `pending` withdraws a decision; after `reset`, the user may request access again. */
  @IsIn(REQUEST_STATUSES)
  status: RequestStatus;

  /** For a rejected request; the user sees it */
  @IsReason()
  rejectionReason?: string | null;

  /** For a request that is reset; the user sees it */
  @IsReason()
  resetReason?: string | null;
}

/** One decision about several requests. */
export class BatchDecisionDto {
  @IsIn(REQUEST_STATUSES)
  status: RequestStatus;

  /** For rejected requests; the users see it */
  @IsReason()
  rejectionReason?: string | null;

  /** For requests that are reset; the users see it */
  @IsReason()
  resetReason?: string | null;

  /** The users whose requests are decided */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_REQUESTS)
  @ValidateNested({ each: true })
  @Type(() => RequestOfDto)
  requests: RequestOfDto[];
}
