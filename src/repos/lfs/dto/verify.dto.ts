import { IsInt, Matches, Min } from 'class-validator';
import { LenientBody } from '../../../platform/http/lenient-body.decorator.js';

/** An uploaded large file. */
@LenientBody()
export class VerifyDto {
  /** SHA-256 in lower-case hex. */
  @Matches(/^[0-9a-f]{64}$/)
  oid: string;

  /** Size in bytes. */
  @IsInt()
  @Min(0)
  size: number;
}
