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
import { HANDLE } from '../../../domain/social-media.js';
import { PrintableLine } from '../printable.decorator.js';
import { PrintableText } from '../printable-text.decorator.js';

const HANDLE_OR_NONE = new RegExp(`^$|${HANDLE.source}`, 'i');
const handleFault = { message: 'must be a name, or an http:// or https:// URL' };

/** Whose pages an account has elsewhere: names, or URLs. Empty: none. The networks are KohakuHub's. */
export class SocialMediaDto {
  @ApiPropertyOptional({ example: 'alice' })
  @IsOptional()
  @Matches(HANDLE_OR_NONE, handleFault)
  github?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(HANDLE_OR_NONE, handleFault)
  huggingface?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(HANDLE_OR_NONE, handleFault)
  threads?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(HANDLE_OR_NONE, handleFault)
  twitter_x?: string;
}

const isGiven = (_: unknown, value: unknown): boolean => value !== undefined;
const isGivenText = (_: unknown, value: unknown): boolean => value !== undefined && value !== '';

/** What is to be changed of an account; what is absent stays as it is. */
export class ChangeSettingsDto {
  /** Shown instead of the name. */
  @ApiPropertyOptional()
  @ValidateIf(isGiven)
  @PrintableLine(200)
  full_name?: string;

  /** What the account says about itself; may be empty. */
  @ApiPropertyOptional()
  @ValidateIf(isGiven)
  @PrintableText(2000)
  bio?: string;

  /**
   * An http:// or https:// URL, or empty.
   * @example "https://example.org"
   */
  @ApiPropertyOptional()
  @ValidateIf(isGivenText)
  @IsString()
  @MaxLength(500)
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'must be an http:// or https:// URL' },
  )
  website?: string;

  /** Takes the place of all that was there. */
  @ApiPropertyOptional({ type: SocialMediaDto })
  @ValidateIf(isGiven)
  @IsObject()
  @ValidateNested()
  @Type(() => SocialMediaDto)
  social_media?: SocialMediaDto;

  /** Shown to the owner alone; null: none. */
  @ApiPropertyOptional({ type: String, nullable: true, format: 'email' })
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  email?: string | null;
}

/** An account's settings, for its owner. */
export class AccountSettingsDto {
  name: string;

  full_name: string;

  bio: string;

  website: string;

  /** Name or URL by network. */
  social_media: Record<string, string>;

  /** Null: none was given. */
  email: string | null;

  /** Where its picture is; empty: it has none. */
  avatar_url: string;
}
