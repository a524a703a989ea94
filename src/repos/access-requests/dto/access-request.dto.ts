import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { REQUEST_STATUSES, type RequestStatus } from '../../store/content-gate.js';

/** The account of a request. */
export class RequestingUserDto {
  _id: string;

  /** User name. */
  user: string;

  fullname: string;

  avatarUrl: string;

  isPro: boolean;

  type: 'user';

  verifiedOrgNames: string[];

  /** Omitted if access was granted without a request, and for accounts without an address. */
  email?: string;
}

/** A request for access to a gated repository. */
export class AccessRequestDto {
  user: RequestingUserDto;

  /** When the request was made. ISO 8601. */
  timestamp: string;

  /** When it was last accepted, rejected or reset; omitted for pending requests. */
  reviewedAt?: string;

  @ApiProperty({ enum: REQUEST_STATUSES })
  status: RequestStatus;

  /** The account that accepted it. */
  grantedBy?: RequestingUserDto;

  /** Answers by the labels of the form. */
  @ApiPropertyOptional({ type: Object, additionalProperties: { type: 'string' } })
  fields?: Readonly<Record<string, string>>;
}

/** The result of a decision about one of several requests. */
export class BatchItemDto {
  user?: string;

  userId?: string;

  ok: boolean;

  @ApiPropertyOptional({ enum: ['user_not_found', 'request_not_found'] })
  error?: 'user_not_found' | 'request_not_found';
}
