import { ApiProperty } from '@nestjs/swagger';
import { REPO_TYPES, type RepoType } from '../../domain/repo-id.js';

/** A part of a snippet. */
export class SnippetPartDto {
  /** Plain text, not HTML. */
  text: string;

  /** Whether it matches the search. */
  isMatch: boolean;
}

/** A repository whose card was found. */
export class FoundCardDto {
  @ApiProperty({ enum: REPO_TYPES })
  type: RepoType;

  id: string;

  private: boolean;

  updatedAt: string;

  /** The parts of the card with the words, in order. */
  @ApiProperty({ type: SnippetPartDto, isArray: true })
  snippet: readonly SnippetPartDto[];
}

/** Local repositories whose cards match a search, the best ones first. */
export class CardSearchDto {
  @ApiProperty({ type: FoundCardDto, isArray: true })
  results: readonly FoundCardDto[];

  /** Whether there are further results. */
  hasMore: boolean;
}
