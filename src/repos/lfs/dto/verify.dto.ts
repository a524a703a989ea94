import { IsInt, Matches, Min } from 'class-validator';

/** An uploaded large file. */
export class VerifyDto {
  /** SHA-256 in lower-case hex. */
  @Matches(/^[0-9a-f]{64}$/)
  oid: string;

  /** Size in bytes. */
  @IsInt()
  @Min(0)
  size: number;
}
