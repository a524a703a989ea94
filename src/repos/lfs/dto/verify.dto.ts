import { IsInt, Matches, Min } from 'class-validator';
import { LenientBody } from '../../../platform/http/lenient-body.decorator.js';

/** A large file that the client believes to have uploaded. */
@LenientBody()
export class VerifyDto {
  /** SHA-256, lower-case hex. */
  @Matches(/^[0-9a-f]{64}$/)
  oid: string;

  /** Bytes. */
  @IsInt()
  @Min(0)
  size: number;
}
