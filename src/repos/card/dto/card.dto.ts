import { IsOptional, IsString } from 'class-validator';
import { ClientBody } from '../../../platform/http/client-body.decorator.js';

/** A card to be checked. */
@ClientBody()
export class CardDto {
  /** The whole README.md */
  @IsString()
  content: string;

  /** model, dataset or space; anything else is checked as a model's */
  @IsOptional()
  @IsString()
  repoType?: string | null;
}

/** Something about a card that its author should know. */
export class CardNoteDto {
  message: string;
  /** Of the file, counted from 1 */
  line?: number;
}

/** What was found: with errors the status is 400, and the card should not be committed so. */
export class CardAnswerDto {
  errors: CardNoteDto[];
  warnings: CardNoteDto[];
}
