import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { ClientBody } from '../../../platform/http/client-body.decorator.js';

/** A branch to be made. */
@ClientBody()
export class NewBranchDto {
  /** A branch, tag or commit; the head of main when absent */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  startingPoint?: string | null;

  /** Begin without any files and history */
  @IsOptional()
  @IsBoolean()
  emptyBranch?: boolean | null;

  /** Move a branch that is there already */
  @IsOptional()
  @IsBoolean()
  overwrite?: boolean | null;
}

/** A tag to be made. */
@ClientBody()
export class NewTagDto {
  @IsString()
  @MaxLength(300)
  tag: string;

  /** Taken and not kept: tags are plain names of commits here */
  @IsOptional()
  @IsString()
  message?: string | null;
}

/** The words of the one commit that is left. */
@ClientBody()
export class SquashDto {
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  message?: string | null;
}

/** A branch or tag as it is now. */
export class RefDto {
  /** In full: `refs/heads/main` */
  ref: string;
}

/** A branch whose history was given up. */
export class SquashedDto {
  /** The one commit that is left; 40 hex digits */
  commitId: string;
}
