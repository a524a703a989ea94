import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

/** An organization to be made. */
export class CreateOrganizationDto {
  /**
   * Letters, digits, "-", "_" and "."; shared by users and organizations.
   * @example "acme"
   */
  @IsString()
  @MaxLength(96)
  name: string;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @Matches(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u, { message: 'must be text without control characters' })
  description?: string | null;
}

/** What a member may do. */
export class MemberRoleDto {
  @IsIn(['admin', 'write', 'read'])
  role: 'admin' | 'write' | 'read';
}

/** It was made. */
export class NewOrganizationDto {
  /** @example true */
  success: boolean;

  /** As it was made. */
  name: string;
}

/** A member, in KohakuHub's spelling. */
export class MemberDto {
  /** The name. */
  user: string;

  role: 'admin' | 'write' | 'read';
}

/** Members, in KohakuHub's spelling. */
export class MembersDto {
  members: MemberDto[];
}
