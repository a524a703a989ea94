import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';

/** A new organization. */
export class CreateOrganizationDto {
  /**
   * Letters, digits, "-", "_" and ".". Must be unique among users and organizations.
   * @example "acme"
   */
  @IsString()
  @MaxLength(96)
  name: string;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @Matches(/^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u, { message: 'Must not contain control characters' })
  description?: string | null;
}

/** The role of a member. */
export class MemberRoleDto {
  @IsIn(['admin', 'write', 'read'])
  role: 'admin' | 'write' | 'read';
}

/** The created organization. */
export class NewOrganizationDto {
  /** @example true */
  success: boolean;

  name: string;
}

/** A member, in the format of KohakuHub. */
export class MemberDto {
  /** User name. */
  user: string;

  role: 'admin' | 'write' | 'read';
}

/** Members of an organization, in the format of KohakuHub. */
export class MembersDto {
  members: MemberDto[];
}
