import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsEmail,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  MaxLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { HANDLE_OR_EMPTY } from '../../../domain/social-media.js';
import { PrintableLine, PrintableText } from '../printable.decorator.js';

const handleMessage = { message: 'Must be a user name or an http:// or https:// URL' };

/** Profiles on other networks: user names or URLs, empty to remove one. The networks are those of KohakuHub. */
export class SocialMediaDto {
  @ApiPropertyOptional({ example: 'alice' })
  @IsOptional()
  @Matches(HANDLE_OR_EMPTY, handleMessage)
  github?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(HANDLE_OR_EMPTY, handleMessage)
  huggingface?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(HANDLE_OR_EMPTY, handleMessage)
  threads?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(HANDLE_OR_EMPTY, handleMessage)
  twitter_x?: string;
}

const isPresent = (_: unknown, value: unknown): boolean => value !== undefined;
const isNotEmpty = (_: unknown, value: unknown): boolean => value !== undefined && value !== '';

/** Account settings to change. Omitted fields stay unchanged. */
export class ChangeSettingsDto {
  /** Display name. */
  @ApiPropertyOptional()
  @ValidateIf(isPresent)
  @PrintableLine(200)
  full_name?: string;

  /** Biography or description; may be empty. */
  @ApiPropertyOptional()
  @ValidateIf(isPresent)
  @PrintableText(2000)
  bio?: string;

  /**
   * An http:// or https:// URL, or an empty string.
   * @example "https://example.org"
   */
  @ApiPropertyOptional()
  @ValidateIf(isNotEmpty)
  @IsString()
  @MaxLength(500)
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'Must be an http:// or https:// URL' },
  )
  website?: string;

  /** Replaces all stored profiles. */
  @ApiPropertyOptional({ type: SocialMediaDto })
  @ValidateIf(isPresent)
  @IsObject()
  @ValidateNested()
  @Type(() => SocialMediaDto)
  social_media?: SocialMediaDto;

  /** Visible only to the owner and administrators; null to remove it. */
  @ApiPropertyOptional({ type: String, nullable: true, format: 'email' })
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;
}

/** The settings of an account. */
export class AccountSettingsDto {
  name: string;

  full_name: string;

  bio: string;

  website: string;

  /** User name or URL by network. */
  social_media: Record<string, string>;

  /** Null if not set. */
  email: string | null;

  /** Avatar URL; empty without an avatar. */
  avatar_url: string;
}
