import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import type { TokenRole } from '../../../domain/caller.js';

/** A program that waits for the confirmation of its code. */
export class DeviceLoginDto {
  /** @example "WDJB-MJHT" */
  code: string;

  client_id: string;

  /**
   * Name of the program by its client ID, which it does not have to prove; null if it is unknown.
   * @example "Hugging Face CLI"
   */
  client: string | null;

  /** Permission of the token that the program gets. */
  @ApiProperty({ enum: ['read', 'write'] })
  role: TokenRole;

  /** IP address that the program has sent its request from. */
  address: string;

  user_agent: string;

  /** ISO 8601. */
  created_at: string;

  /** ISO 8601. */
  expires_at: string;
}

/** The user's decision. */
export class DecideDeviceLoginDto {
  /** Whether to sign the program in to the caller's account. */
  @IsBoolean()
  approve: boolean;
}
