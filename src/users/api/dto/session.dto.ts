import { ApiProperty } from '@nestjs/swagger';

/** A browser in which a user is signed in. */
export class SessionDto {
  id: number;

  /** Whether this is the session of the request. */
  current: boolean;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601. */
  expires_at: string;

  /** ISO 8601, accurate to a minute; null if it was not used yet. */
  @ApiProperty({ type: String, nullable: true })
  last_seen: string | null;

  /** The address where it was used last. */
  @ApiProperty({ type: String, nullable: true })
  address: string | null;

  @ApiProperty({ type: String, nullable: true })
  user_agent: string | null;

  /** The issuer that the user signed in with; null for passwords. */
  @ApiProperty({ type: String, nullable: true })
  issuer: string | null;
}

/** The sessions of a user. */
export class SessionListDto {
  @ApiProperty({ type: [SessionDto] })
  sessions: SessionDto[];
}
