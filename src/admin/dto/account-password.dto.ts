import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength, ValidateIf } from 'class-validator';

/** A new password. */
export class SetPasswordDto {
  /** At least 8 characters. If omitted, a password is generated. */
  @ApiPropertyOptional({ writeOnly: true })
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @MaxLength(1024)
  password?: string;
}

/** The result of setting a password. */
export class PasswordSetDto {
  success: boolean;

  message: string;

  /** The generated password, if none was given. It cannot be retrieved again. */
  @ApiPropertyOptional()
  password?: string;
}
