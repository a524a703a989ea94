import { ApiProperty } from '@nestjs/swagger';
import { REQUEST_STATUSES, type RequestStatus } from '../../store/content-gate.js';

/** The caller's access to the content of a repository. */
export class OwnAccessDto {
  hasAccess: boolean;

  /** Status of the caller's request; null without one, and for members of the owner. */
  @ApiProperty({ enum: REQUEST_STATUSES, nullable: true })
  status: RequestStatus | null;

  /** The reason of a rejected or reset request */
  @ApiProperty({ type: String, nullable: true })
  reason: string | null;
}
