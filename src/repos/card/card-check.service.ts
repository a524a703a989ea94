import { Injectable } from '@nestjs/common';
import { HubError } from '../../domain/hub-error.js';
import { REPO_TYPES } from '../../domain/repo-id.js';
import { cardWarnings } from './card-warnings.js';
import { CardParser } from './card-parser.service.js';
import type { CardAnswerDto, CardDto } from './dto/card.dto.js';

/** Tells authors what is wrong with a card before they commit it (contract C.4). */
@Injectable()
export class CardCheckService {
  constructor(private readonly reader: CardParser) {}

  /** @throws HubError `BadRequest` with `errors` and `warnings`, which clients show, for metadata that cannot be read */
  check({ content, repoType }: CardDto): CardAnswerDto {
    const { data, faults } = this.reader.read(content);
    const errors = faults.map(({ message, line }) => ({ message: line ? `${message} (line ${line})` : message, line }));
    if (errors.length > 0) throw new HubError('BadRequest', errors[0]!.message, { body: { errors, warnings: [] } });
    const type = REPO_TYPES.find((known) => known === repoType) ?? 'model';
    const advice = data
      ? cardWarnings(type, data)
      : ['The card has no metadata: YAML between two lines of three dashes (---), at its very beginning'];
    return { errors: [], warnings: advice.map((message) => ({ message })) };
  }
}
