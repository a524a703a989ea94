import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { REPO_TYPES } from '../../domain/repo-id.js';
import { cardWarnings } from './card-warnings.js';
import { CardParser } from './card-parser.service.js';
import { modelIndexError } from './model-index-error.js';
import type { CardDto, CardNoteDto, CardResponseDto } from './dto/card.dto.js';

/** Validates a card before it is committed (contract C.4). */
@Injectable()
export class CardCheckService {
  constructor(private readonly parser: CardParser) {}

  /** @throws HubError `BadRequest` for invalid metadata, with the `errors` and `warnings` that clients show */
  async check({ content, repoType }: CardDto): Promise<CardResponseDto> {
    const { data, errors: found } = await this.parser.parse(content);
    const errors: CardNoteDto[] = found.map(({ message, line }) => ({
      message: line ? `${message} (line ${line})` : message,
      line,
    }));
    const resultsError = data && modelIndexError(data);
    if (resultsError !== undefined) errors.push({ message: resultsError });
    if (errors.length > 0) throw new HubError('BadRequest', errors[0]!.message, { body: { errors, warnings: [] } });
    const type = REPO_TYPES.find((item) => item === repoType) ?? 'model';
    const messages = data
      ? cardWarnings(type, data)
      : ['README.md has no YAML metadata block (between --- lines) at the top.'];
    return { errors: [], warnings: messages.map((message) => ({ message })) };
  }
}
