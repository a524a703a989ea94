import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';

/** A request to create a branch. */
export class NewBranchDto {
  /** Branch, tag or commit to start from. Defaults to the head of main. */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  startingPoint?: string | null;

  /** Start with an empty commit, without files and history */
  @IsOptional()
  @IsBoolean()
  emptyBranch?: boolean | null;

  /** Overwrite the branch if it exists */
  @IsOptional()
  @IsBoolean()
  overwrite?: boolean | null;
}

/** A request to create a tag. */
export class NewTagDto {
  @IsString()
  @MaxLength(300)
  tag: string;

  /** Message of an annotated tag. Without it, the tag is lightweight. */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  message?: string | null;
}

/** A request to squash a branch. */
export class SquashDto {
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  message?: string | null;
}

/** The created branch or tag. */
export class RefDto {
  /** Full name, for example `refs/heads/main` */
  ref: string;
}

/** The squashed branch. */
export class SquashedDto {
  /** Id of the resulting commit; 40 hex digits */
  commitId: string;
}
