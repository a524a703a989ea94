import { IsOptional, IsString } from 'class-validator';
import { IgnoresUnknownFields } from '../../../platform/http/ignores-unknown-fields.decorator.js';

/** A card to validate. Nothing is written, so fields of newer clients need not be refused. */
@IgnoresUnknownFields()
export class CardDto {
  /** Content of the README.md */
  @IsString()
  content: string;

  /** model, dataset or space. Other values are treated as model. */
  @IsOptional()
  @IsString()
  repoType?: string | null;
}

/** An error or warning. */
export class CardNoteDto {
  message: string;
  /** Line of the file, counted from 1 */
  line?: number;
}

/** The result of the validation. If there are errors, the response status is 400 and the card should not be committed. */
export class CardResponseDto {
  errors: CardNoteDto[];
  warnings: CardNoteDto[];
}
